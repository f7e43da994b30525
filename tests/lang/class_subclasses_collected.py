# A class may be made at the very moment at which the collector takes its base's last subclass away.
import gc

gc.set_threshold(1)
for base in int, object, Exception, type("Base", (), {}):
    for _ in range(300):
        type("Derived", (base,), {})
gc.set_threshold(700)


class Base:
    pass


gc.set_threshold(1)
for _ in range(300):
    derived = type("Derived", (Base,), {})
    assert Base.__subclasses__()[-1] is derived
    del derived
