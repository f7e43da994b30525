SIGNAL = "a flag"


class Flag:
    pass
