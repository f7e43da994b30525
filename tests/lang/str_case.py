# Full case mappings, the final sigma, and what counts as a letter of which case.
assert "ß".upper() == "SS" and "ŉ".upper() == "ʼN" and "ﬁ".title() == "Fi" and "ǆ".title() == "ǅ"
assert "İ".lower() == "i̇" and "ᾳ".upper() == "ΑΙ" and "ᾳ".title() == "ᾼ"
assert "ΑΣ".lower() == "ας" and "ΑΣΒ".lower() == "ασβ" and "Σ".lower() == "σ" and "Α.Σ".lower() == "α.ς" and "ΑΣ.Β".lower() == "ασ.β"
assert "ὈΔΥΣΣΕΎΣ ΣΟΦΌΣ".title() == "Ὀδυσσεύς Σοφός"
assert "Straße".casefold() == "strasse" and "Ꭰ".casefold() == "Ꭰ" and "ꭰ".casefold() == "Ꭰ"
assert "aBc ß".swapcase() == "AbC SS" and "ǅ".swapcase() == "ǅ"
assert "hello wORLD's 3rd".title() == "Hello World'S 3Rd" and "ßa".capitalize() == "Ssa"
assert "ǅ".istitle() and not "ǅ".isupper() and "ª".islower() and not "ჼ".islower()
assert "²".isdigit() and not "²".isdecimal() and "½".isnumeric() and not "½".isdigit() and "٣".isdecimal()
assert "\x1c".isspace() and "\u3000".isspace() and not "\u200b".isspace()
assert "a\u0301".isidentifier() and not "1a".isidentifier() and "℘".isidentifier() and not "".isidentifier()
assert repr("\u0378\xad\u2028\U000e0001é") == r"'\u0378\xad\u2028\U000e0001é'"
