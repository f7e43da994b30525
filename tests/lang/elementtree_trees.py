# xml.etree with its native half: building, searching, slicing, copying and pickling trees, events, errors.
import copy
import pickle
import xml.etree.ElementTree as ET

DOCUMENT = """<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e "v">]>
<a x="1" xmlns:n="u"><b>t&e;</b>tail<!-- c --><n:c y="2"/><?p q?><b k="3"/></a>"""
root = ET.fromstring(DOCUMENT)
assert [child.tag for child in root] == ["b", "{u}c", "b"] and root.attrib == {"x": "1"}
assert root[0].text == "tv" and root[0].tail == "tail" and root.find("{u}c").get("y") == "2"
assert root.findtext("b") == "tv" and root.findtext("nothing", "d") == "d" and len(root.findall("b")) == 2
assert root.find("b[@k]") is root[2] and root.find("n:c", {"n": "u"}) is root[1]
assert [element.tag for element in root.iter()] == ["a", "b", "{u}c", "b"]
assert "".join(root.itertext()).strip() == "tvtail"
assert ET.tostring(root[0]) == b"<b>tv</b>tail"


def refused(function, *arguments, **keywords):
    try:
        function(*arguments, **keywords)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    raise AssertionError("nothing was raised")


list_like = ET.Element("l")
list_like[0:0] = [ET.Element(str(i)) for i in range(6)]
del list_like[::2]
assert [child.tag for child in list_like] == ["1", "3", "5"]
list_like[::2] = [ET.Element("n"), ET.Element("m")]
list_like.insert(-1, ET.Element("i"))
assert [child.tag for child in list_like] == ["n", "3", "i", "m"] and [c.tag for c in list_like[::-1]] == ["m", "i", "3", "n"]
list_like.remove(list_like[1])
assert len(list_like) == 3 and list_like[-1].tag == "m"
assert refused(list_like.append, 5) == "TypeError: append() argument must be xml.etree.ElementTree.Element, not int"
assert refused(list_like.remove, ET.Element("z")) == "ValueError: list.remove(x): x not in list"
assert refused(lambda: list_like[9]) == "IndexError: child index out of range"
assert refused(ET.Element, "a", 5) == "TypeError: Element() argument 2 must be dict, not int"
assert ET.Element("a", {"x": "1"}, y="2").attrib == {"x": "1", "y": "2"}

for clone in (copy.deepcopy(root), pickle.loads(pickle.dumps(root))):
    assert ET.tostring(clone) == ET.tostring(root) and clone[0] is not root[0]
assert copy.copy(root)[0] is root[0]


class Mine(ET.Element):
    pass


builder = ET.TreeBuilder(element_factory=Mine, insert_comments=True)
builder.start("a", {})
builder.data("1")
builder.comment("c")
builder.data("2")
builder.end("a")
assert type(builder.close()) is Mine and ET.tostring(builder.close()) == b"<a>1<!--c-->2</a>"
assert refused(builder.end, "a") == "IndexError: pop from empty stack"
assert refused(builder.start, "b", {}) == "ParseError: multiple elements on top level"

pull = ET.XMLPullParser(("start", "end", "start-ns", "comment"))
pull.feed("<n:a xmlns:n='u'><!--c-->")
assert [(event, getattr(what, "tag", what)) for event, what in pull.read_events()] == [
    ("start-ns", ("n", "u")), ("start", "{u}a"), ("comment", ET.Comment)]


class Target:
    def start(self, tag, attributes):
        self.seen = (tag, attributes)

    def doctype(self, *arguments):
        self.type = arguments

    def close(self):
        return self.seen, self.type


parser = ET.XMLParser(target=Target())
parser.feed('<!DOCTYPE a PUBLIC "p" "s" []><a x="1"/>')
assert parser.close() == (("a", {"x": "1"}), ("a", "p", "s"))
assert refused(parser.feed, "x").startswith("ParseError: ")
try:
    ET.fromstring('<!DOCTYPE a PUBLIC "p" "s" []><a>&foo;</a>')
except ET.ParseError as error:
    assert str(error) == "undefined entity &foo;: line 1, column 33" and error.position == (1, 33) and error.code == 11
else:
    raise AssertionError("an unknown entity was taken")

deep = leaf = ET.Element("d")
for _ in range(100000):
    leaf = ET.SubElement(leaf, "d")
del deep, leaf
