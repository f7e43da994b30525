"""The tokenizer as `tokenize` offers it: tokens lie in order within the text."""
import _tokenize
import io
import tokenize

from fuzz_input import Input, require


def fuzz(data):
    input = Input(data)
    how = input.below(3)
    if how == 0:
        tokenize.detect_encoding(io.BytesIO(input.rest()).readline)
        return
    text = input.text(len(data))
    if how == 1:
        for each in tokenize.generate_tokens(io.StringIO(text).readline):
            require(each.start <= each.end, text)
        return
    for each in _tokenize.TokenizerIter(text):
        hash(each)
