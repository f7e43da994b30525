# Errors of the import machinery name the module, and its file where there is one.
import _imp


def error(function, *args):
    try:
        function(*args)
    except ImportError as caught:
        return caught


missing = error(_imp.get_frozen_object, "not_there")
assert (str(missing), missing.name, missing.path) == ("No such frozen object named 'not_there'", "not_there", None)
assert error(_imp.is_frozen_package, "not_there").name == "not_there"


class Spec:
    name, origin = "extension", "/not/there.so"


missing = error(_imp.create_dynamic, Spec)
assert (missing.name, missing.path) == ("extension", "/not/there.so")
Spec.name = None
try:
    _imp.create_dynamic(Spec)
except TypeError as caught:
    assert str(caught) == "spec.name must be a string"
else:
    assert False


def import_missing():
    from os import not_there


missing = error(import_missing)
assert missing.name == "os" and missing.path.endswith("os.py")
