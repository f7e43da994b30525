# Where no new text is needed, the same object comes back; small strings are shared; interning is by value.
import sys

s = "some text that is not interned".replace("not", "never")
assert s.strip() is s and s.replace("q", "z") is s and s[:] is s and s.ljust(3) is s and s.expandtabs() is s
assert "%s" % s is s and "{}".format(s) is s and s.format() is s and "{:s}".format(s) is s and format(s) is s
assert "".join([s]) is s and s.partition("zz")[0] is s and s.split("zz")[0] is s and str(s) is s and s + "" is s
one, two = "abc", "xbzé"
assert one[1] is two[1] and two[3] is chr(0xe9) and chr(0xff) is chr(0xff)


class Sub(str):
    pass


sub = Sub("text")
assert type(sub.strip()) is str and type(sub[:]) is str and type(sub + "") is str and type(str(sub)) is str
assert sys.intern("ab" + s) is sys.intern("ab" + s)
assert sys.getsizeof("") == 49 and sys.getsizeof("abcd") == 53 and sys.getsizeof("é") == 74
assert sys.getsizeof("ř") == 76 and sys.getsizeof("\U0001f600") == 80 and sys.getsizeof(Sub("abc")) > 80
