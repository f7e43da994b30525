# What sockets say about arguments they cannot use, in the order in which they look at them.
import _socket
import select
import socket


def message(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


with socket.socket() as tcp, socket.socket(socket.AF_UNIX) as unix:
    assert message(tcp.bind, 5) == "TypeError: bind(): AF_INET address must be tuple, not int"
    assert message(tcp.bind, ("127.0.0.1",)) == "TypeError: AF_INET address must be a pair (host, port)"
    assert message(tcp.connect, ("127.0.0.1", 65536)) == "OverflowError: connect(): port must be 0-65535."
    assert message(tcp.bind, ("a\0b", 1)) == "TypeError: host name must not contain null character"
    assert message(unix.bind, "x" * 200) == "OSError: AF_UNIX path too long"
    assert message(tcp.recv, -1) == "ValueError: negative buffersize in recv"
    assert message(tcp.recv_into, b"abc") == "TypeError: recv_into() argument 1 must be read-write bytes-like object, not bytes"
    assert message(tcp.sendto, b"x") == "TypeError: sendto() takes 2 or 3 arguments (1 given)"
    assert message(tcp.settimeout, -1) == "ValueError: Timeout value out of range"
    assert message(_socket.inet_aton) == "TypeError: inet_aton() takes exactly 1 argument (0 given)"
    assert message(_socket.htons, 65536) == "OverflowError: htons: Python int too large to convert to C 16-bit unsigned integer"
    assert message(_socket.getservbyname, None) == "TypeError: getservbyname() argument 1 must be str, not None"
    assert message(select.poll().register, tcp, -1) == "ValueError: value must be positive"
    tcp.settimeout(0.01)
    tcp.bind(("127.0.0.1", 0))
    tcp.listen()
    assert message(tcp.accept) == "TimeoutError: timed out"
    tcp.setblocking(False)
    assert message(tcp.accept).startswith("BlockingIOError: [Errno 11]")

left, right = socket.socketpair()
with left, right:
    sent = left.sendmsg([b"ab", b"cd"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, (0).to_bytes(4, "little"))])
    data, controls, flags, address = right.recvmsg(10, socket.CMSG_SPACE(4))
    assert (sent, data, flags & socket.MSG_CTRUNC) == (4, b"abcd", 0) and controls[0][:2] == (socket.SOL_SOCKET, socket.SCM_RIGHTS)
    socket.close(int.from_bytes(controls[0][2], "little"))
    left.sendall(b"0123456789")
    parts = [bytearray(3), bytearray(20)]
    assert right.recvmsg_into(parts)[0] == 10 and parts[0] == b"012" and parts[1][:7] == b"3456789"
