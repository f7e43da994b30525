# A handler that does not match leaves the group itself to the next one; what several handlers raise is put into a list.
group = ExceptionGroup("group", [ValueError(1), KeyError(2)])
try:
    try:
        raise group
    except* OSError:
        assert False
    except* Exception as error:
        assert error is group
        assert not error.__suppress_context__
        raise
except* Exception as error:
    assert error.exceptions == group.exceptions
try:
    try:
        raise group
    except* ValueError:
        raise TypeError("new")
except BaseException as error:
    assert isinstance(error.args[1], list), error.args
    assert [type(each) for each in error.exceptions] == [TypeError, ExceptionGroup]
    assert repr(error) == "ExceptionGroup('', [TypeError('new'), ExceptionGroup('group', [KeyError(2)])])"
