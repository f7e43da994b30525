# A width that no memory suffices for fails at once.
for text, value in (("{:>1000000000000000}", 1), ("{:=^1000000000000000}", 1.5), ("{:>1000000000000000}", "x")):
    try:
        text.format(value)
    except MemoryError:
        pass
    else:
        raise AssertionError(text)
