# A thread that writes to a stream without a pause does not keep the others from it.
import os
import threading
import time

read_end, write_end = os.pipe()
stream = open(write_end, "wb")
stop = False


def drain():
    while os.read(read_end, 65536):
        pass


def write_on():
    while not stop:
        stream.write(b".")
        stream.flush()


reader = threading.Thread(target=drain)
writers = [threading.Thread(target=write_on) for _ in range(2)]
for thread in (reader, *writers):
    thread.start()
time.sleep(0.05)
start = time.monotonic()
for _ in range(20):
    stream.write(b"!")
    stream.flush()
assert time.monotonic() - start < 30
stop = True
for thread in writers:
    thread.join()
stream.close()
reader.join()
os.close(read_end)
