# What changes a base class, or empties the cache of look-ups, leaves classes below it as they are: records of the system, too.
import os
import sys
import time

class Record(tuple):
    pass

class Deep(Record):
    pass

for _ in range(3):
    assert os.stat(".").st_mode and time.gmtime(0).tm_year == 1970
    sys._clear_type_cache()
    Record.__getitem__ = lambda self, index: "mine"
    assert Deep((1,))[0] == "mine"
    assert os.stat(".").st_mode and time.gmtime(0).tm_year == 1970
    del Record.__getitem__
    assert Deep((1,))[0] == 1

# A hierarchy deeper than the stack.
below = Record
classes = [below]
for number in range(3000):
    below = type(f"Level{number}", (below,), {})
    if number % 100 == 0:
        classes.append(below)
assert below((5,))[0] == 5
Record.__getitem__ = lambda self, index: index
assert [each((5,))[7] for each in classes] == [7] * len(classes)
