# A buffered stream refuses to be entered twice by one thread, and keeps threads apart.
import io
import threading


class Raw(io.RawIOBase):
    stream = None

    def writable(self):
        return True

    def write(self, data):
        if self.stream:
            self.stream.write(b"again")
        return len(data)


raw = Raw()
stream = raw.stream = io.BufferedWriter(raw, 4)
try:
    stream.write(b"0123456789")
except RuntimeError as error:
    assert str(error).startswith("reentrant call inside <_io.BufferedWriter"), error
else:
    assert False
raw.stream = None

target = io.BytesIO()
shared = io.BufferedWriter(target, 16)


def work(letter):
    for _ in range(200):
        shared.write(letter * 10)


threads = [threading.Thread(target=work, args=(bytes([65 + i]),)) for i in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
shared.flush()
content = target.getvalue()
assert sorted(content[i:i + 10] for i in range(0, len(content), 10)) == sorted(bytes([65 + i]) * 10 for i in range(4) for _ in range(200))
