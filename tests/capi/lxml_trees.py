# lxml (Cython over libxml2): parsing, trees, XPath, XSLT, errors, threads that give up the GIL.
import gc
import threading

from lxml import etree, objectify

root = etree.fromstring('<a x="1"><b>t</b><!--c--><b y="ü€">u<c/>tail</b></a>')
assert etree.tostring(root, encoding="unicode") == '<a x="1"><b>t</b><!--c--><b y="ü€">u<c/>tail</b></a>'
assert root.xpath("//b/text()") == ["t", "u", "tail"]
assert root.xpath("count(//b)") == 2.0
assert root.find("b[@y]").get("y") == "ü€"
assert [element.tag for element in root.iter("b", "c")] == ["b", "b", "c"]
root[0].text = "<&>"
root.append(etree.SubElement(root, "d", attrib={"k": "v"}))
assert etree.tostring(root).startswith(b'<a x="1"><b>&lt;&amp;&gt;</b>')
del root[0]
assert len(root) == 3

for bad in ("<a>", "", "<a></b>", "<a b=c/>"):
    try:
        etree.fromstring(bad)
    except etree.XMLSyntaxError as error:
        assert error.position is not None
    else:
        raise AssertionError(bad)

style = etree.XSLT(
    etree.XML(
        '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
        '<xsl:template match="/"><out><xsl:value-of select="count(//d)"/></out></xsl:template></xsl:stylesheet>'
    )
)
assert str(style(root)).strip().endswith("<out>1</out>")

functions = etree.FunctionNamespace("urn:test")


@functions
def shout(context, texts):
    return "".join(texts).upper()


assert root.xpath("t:shout(//b/text())", namespaces={"t": "urn:test"}) == "UTAIL"

tree = objectify.fromstring("<r><n>5</n><s>x</s></r>")
assert tree.n + 1 == 6 and tree.s == "x"


class Target:
    def __init__(self):
        self.seen = []

    def start(self, tag, attributes):
        self.seen.append(tag)

    def close(self):
        return self.seen


assert etree.fromstring("<a><b/><c/></a>", etree.XMLParser(target=Target())) == ["a", "b", "c"]

results = []


def parse_many():
    for i in range(100):
        results.append(etree.fromstring(f"<n><v>{i}</v></n>").findtext("v"))


threads = [threading.Thread(target=parse_many) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert sorted(results, key=int) == sorted([str(i) for i in range(100)] * 4, key=int)
gc.collect()
