# Deep structures die without deep recursion.
nested = []
for _ in range(200_000):
    nested = [nested]
del nested
chain = None
for _ in range(200_000):
    chain = (chain,)
del chain


class Node:
    pass


class SlottedNode:
    __slots__ = ("next",)


for cls in (Node, SlottedNode):
    head = None
    for _ in range(100_000):
        node = cls()
        node.next = head
        head = node
    del head, node
mapping = {}
for _ in range(100_000):
    mapping = {1: mapping}
del mapping
