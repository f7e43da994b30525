"""What introspected.py looks at: modules and expressions that make objects, by group; and what it must not call."""

IMPORTS = ["collections", "itertools", "functools", "types", "array", "operator", "weakref", "io", "struct", "datetime", "re", "random", "zlib", "hashlib", "contextvars", "codecs"]
KEYWORDS = ["key", "default", "sep", "maxsplit", "encoding", "errors", "start", "stop", "step", "initial", "strict", "base", "x", "object", "iterable", "end", "file", "signed",
            "byteorder", "length", "ndigits", "mode", "source", "string", "keepends", "repeat", "times", "maxlen", "fillvalue", "reverse", "func", "name", "value"]

# Calls that end or block the process, reach outside, or differ from run to run; a name alone counts for every owner.
NEVER = set("""
exit quit _exit abort fork forkpty kill killpg system popen breakpoint input open execv execve spawnv sleep pause alarm __reduce_ex__ __dir__ __sizeof__ __init_subclass__
__subclasshook__ __getstate__ __class__ __subclasses__ mro __doc__ __getattribute__ __setattr__ __delattr__ __subclasscheck__ __instancecheck__ help copyright credits license
builtins.__loader__ builtins.__build_class__ builtins.dir builtins.vars builtins.id builtins.globals builtins.locals __loader__ __spec__ __builtins__
math.factorial math.perm math.comb
sys.exit sys.setrecursionlimit sys._debugmallocstats sys.settrace sys.setprofile sys.call_tracing sys.set_int_max_str_digits sys._clear_type_cache sys.addaudithook sys.breakpointhook
sys.setswitchinterval sys._current_frames sys._current_exceptions sys.getallocatedblocks sys.set_coroutine_origin_tracking_depth sys.setdlopenflags sys._getframe sys.set_asyncgen_hooks
sys.displayhook sys.activate_stack_trampoline sys.getrefcount sys.audit sys._git sys.stdout sys.stderr sys.stdin sys.excepthook sys.unraisablehook sys.__excepthook__ sys.__unraisablehook__
gc.get_objects gc.get_referrers gc.get_referents gc.get_stats gc.get_count gc.collect gc.set_debug gc.disable gc.enable gc.set_threshold gc.freeze gc.unfreeze gc.get_freeze_count
time.sleep time.time time.time_ns time.monotonic time.monotonic_ns time.perf_counter time.perf_counter_ns time.process_time time.process_time_ns time.thread_time time.thread_time_ns
time.clock_gettime time.clock_gettime_ns time.clock_settime time.clock_settime_ns time.pthread_getcpuclockid time.localtime time.gmtime time.ctime time.asctime time.strftime time.tzset
random.seed random.random SystemRandom urandom token_bytes Random.seed
_thread.interrupt_main _thread.exit _thread.exit_thread _thread.start_new_thread _thread.start_new _thread.stack_size atexit._run_exitfuncs _tracemalloc.start _imp.acquire_lock _imp._fix_co_filename
Lock.acquire RLock.acquire acquire acquire_lock wait get put
faulthandler _fault io.open io.open_code io.FileIO _io.FileIO _io.open _io.open_code io._WindowsConsoleIO BytesWarning
date.today datetime.now datetime.utcnow datetime.date datetime.datetime.now today now utcnow
hash __hash__ _hash
classmethod.__dict__ staticmethod.__dict__ code.co_lines code.co_positions
""".split())

GROUPS = {
    "builtins": (["builtins"], []),
    "text methods": ([], ["'abc'", "'a\\xe9 \\u3042'", "''", "Str('sub')", "str"]),
    "data methods": ([], ["b'abc'", "bytearray(b'abc')", "memoryview(b'abc')", "memoryview(bytearray(b'abcd'))", "bytes", "bytearray", "Bytes(b'q')"]),
    "number methods": ([], ["(5)", "(-10**20)", "(1.5)", "float('nan')", "(1+2j)", "True", "Int(3)", "Float(2.5)", "int", "float", "complex"]),
    "container methods": ([], ["[1, 2]", "(1, 2, 1)", "{'a': 1}", "{1, 2}", "frozenset([1, 2])", "range(5)", "{'a': 1}.keys()", "{'a': 1}.items()", "{'a': 1}.values()", "slice(1, 2)",
                               "iter([1])", "iter({})", "iter((1,))", "iter('ab')", "reversed([1])", "enumerate('ab')", "zip('ab')", "map(str, [1])", "filter(None, [1])",
                               "List([1])", "Dict(a=1)", "Tuple((1,))", "list", "dict", "set", "tuple"]),
    "object methods": ([], ["object()", "Plain()", "Plain", "type", "len", "(lambda a, b=1: a)", "[].append", "str.join", "property(len)", "staticmethod(len)", "classmethod(len)",
                            "super(Int, Int(3))", "(x for x in 'ab')", "ValueError('v')", "KeyError('k')", "OSError(2, 'x')", "SyntaxError('m')", "UnicodeDecodeError('a', b'b', 0, 1, 'r')",
                            "StopIteration(3)", "ExceptionGroup('g', [ValueError(1)])", "ImportError('m', name='n')", "list[int]", "(int | str)", "types.SimpleNamespace(a=1)",
                            "types.MappingProxyType({1: 2})", "types.CellType(3)", "types.ModuleType('m')", "types.MethodType(len, [])", "...", "None", "NotImplemented",
                            "(lambda: 0).__code__", "int.__add__", "(1).__add__", "int.from_bytes", "weakref.ref(Plain)", "weakref.proxy(Plain)", "Plain.__dict__", "str.__dict__['join']",
                            "types.FunctionType.__dict__['__name__']", "Exception.__dict__['args']", "dict.__dict__['fromkeys']"]),
    "module itertools": (["itertools", "functools", "operator", "_functools", "_operator", "_collections", "_bisect", "_heapq", "heapq", "bisect"],
                         ["collections.deque([1, 2])", "collections.OrderedDict(a=1)", "collections.defaultdict(int)", "collections.Counter('ab')", "collections.namedtuple('P', 'a b')(1, 2)",
                          "collections.ChainMap({1: 2})", "itertools.count(1)", "itertools.cycle('ab')", "itertools.chain('ab', 'c')", "itertools.islice('abc', 2)", "itertools.groupby('aab')",
                          "itertools.tee('ab')[0]", "itertools.product('ab', '12')", "itertools.permutations('abc')", "itertools.repeat(1, 3)", "itertools.accumulate([1, 2])",
                          "itertools.zip_longest('ab', 'c')", "itertools.combinations('abc', 2)", "itertools.takewhile(bool, [1])", "itertools.starmap(pow, [(1, 2)])", "itertools.pairwise('abc')",
                          "functools.partial(int, base=2)", "functools.lru_cache(2)(str)", "functools.cmp_to_key(lambda a, b: 0)(1)", "operator.itemgetter(1)", "operator.attrgetter('real')",
                          "operator.methodcaller('upper')"]),
    "module math": (["math", "cmath", "_struct", "struct", "array", "_random", "_statistics", "binascii", "zlib", "unicodedata", "errno", "_string", "_stat", "_opcode"],
                    ["array.array('i', [1, 2])", "array.array('u', 'ab')", "array.array('d', [1.5])", "struct.Struct('<hB')", "random.Random(3)", "zlib.compressobj()", "zlib.decompressobj()",
                     "hashlib.md5(b'a')", "hashlib.blake2b(b'a')", "hashlib.shake_128(b'a')", "hashlib.sha3_256()"]),
    "module io": (["_io", "io", "_codecs", "codecs", "_csv", "_json", "_pickle", "marshal", "_sre", "re"],
                  ["io.StringIO('a\\nb')", "io.BytesIO(b'a\\nb')", "io.BufferedReader(io.BytesIO(b'abc'))", "io.BufferedWriter(io.BytesIO())", "io.BufferedRandom(io.BytesIO(b'abc'))",
                   "io.TextIOWrapper(io.BytesIO(b'a\\nb'))", "io.IncrementalNewlineDecoder(None, True)", "re.compile('(a)(?P<n>b)?')", "re.match('(a)(?P<n>b)?', 'ab')",
                   "re.compile(b'a')", "re.compile('a').scanner('aa')", "codecs.lookup('utf-8').incrementaldecoder()", "codecs.lookup('ascii')", "codecs.getreader('utf-8')(io.BytesIO(b'a'))"]),
    "module datetime": (["_datetime", "time", "datetime"],
                        ["datetime.date(2024, 2, 29)", "datetime.time(1, 2, 3)", "datetime.datetime(2024, 2, 29, 1, 2)", "datetime.timedelta(1, 2, 3)", "datetime.timezone.utc",
                         "datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)", "datetime.timezone(datetime.timedelta(0, 3600), 'n')", "datetime.date", "datetime.datetime", "datetime.time"]),
    "module types": (["types", "_weakref", "_abc", "_thread", "contextvars", "_typing", "_ast", "_symtable", "sys", "_imp", "_warnings", "_tracemalloc", "gc", "atexit", "_queue", "_uuid",
                      "_locale", "_contextvars", "_bz2", "_lzma"],
                     ["contextvars.ContextVar('v', default=1)", "contextvars.copy_context()", "sys.flags", "sys.version_info", "sys.float_info", "sys.hash_info"]),
}
