# Appending to a string nobody else holds is linear; what others hold never changes.
text = ""
for i in range(200000):
    text += "xy"
assert len(text) == 400000 and text == "xy" * 200000
other = text
text += "z"
assert other == "xy" * 200000 and text[-1] == "z" and len(other) == 400000
text += "é"
text += "中"
text += "\U0001f600"
assert text[-4:] == "zé中\U0001f600" and text[:4] == "xyxy"
key = "k" + str(len(other))
table = {key: 1}
key += "1"
assert list(table) == ["k400000"] and key == "k4000001"
