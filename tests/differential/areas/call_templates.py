"""The templates of calls.py by group: (imports, templates). Lines that start with `!` are statements which set r."""


def lines(text):
    return [line.strip() for line in text.strip().splitlines() if line.strip()]


TEXT = lines("""
$t.split($t) ; $t.split()
$t.split($t, $k)
$t.split(None, $k)
$t.rsplit($t, $k)
$t.rsplit(None, $k)
$t.rsplit(maxsplit=$i)
$t.splitlines($i)
$t.splitlines()
$t.partition($t)
$t.rpartition($t)
$t.strip($t)
$t.strip()
$t.lstrip($t)
$t.rstrip()
$t.replace($t, $t, $k)
$t.replace($t, $t)
$t.find($t, $k, $k)
$t.rfind($t, $k, $k)
$t.index($t, $k)
$t.rindex($t)
$t.count($t, $k, $k)
$t.count($t)
$t.startswith($t, $k)
$t.endswith(($t, $t), $k, $k)
$t.startswith(($t, $a))
$t.upper(), $t.lower(), $t.title(), $t.swapcase(), $t.casefold(), $t.capitalize()
[getattr($t, n)() for n in ("isalpha", "isdigit", "isdecimal", "isnumeric", "isalnum", "isspace", "isupper", "islower", "istitle", "isidentifier", "isprintable", "isascii")]
$t.center($k, $t)
$t.ljust($i % 30, $t)
$t.rjust($k, '\\u3000')
$t.zfill($k + 5)
$t.expandtabs($k)
$t.expandtabs()
$t.encode($t)
$t.encode('utf-8', 'surrogatepass')
$t.join($T)
$t.join($q)
$t.translate($d)
$t.translate({ord('a'): $a, ord('b'): None, 0xe9: $t})
str.maketrans($t, $t)
str.maketrans($t, $t, $t)
str.maketrans($d)
$t.removeprefix($t), $t.removesuffix($t)
$t * $k
$k * $t
$t + $t
$t + $a
$t[$x]
$t[$i]
$t in $t
$a in $t
$t < $t, $t == $t, $t >= $t
$t % $a
repr($t), ascii($t), len($t)
hash($t) == hash($t)
min($t), max($t)
sorted($t)
str($b, $t)
str($b, 'utf-8', 'replace')
str($b, 'latin-1')
str($a)
chr($i)
ord($t)
list($t), $t[::-1]
int($t)
float($t)
complex($t)
int($t, $k)
eval($t)
$t.format($a, $a)
$t.format_map($d)
$t.isidentifier()
' '.join($t.split()).title()
iter($t).__length_hint__()
iter($t).__reduce__()
$t.__mod__($a)
$t.__getitem__($a)
$t.__format__($t)
str.__new__(str, $a)
str.lower($a)
""".replace(" ; $t.split()", ""))

DATA = lines("""
$b.split($b, $k)
$b.split(None, $k)
$b.rsplit($b)
$b.splitlines($k)
$b.partition($b)
$b.rpartition($b)
$b.strip($b)
$b.lstrip()
$b.replace($b, $b, $k)
$b.find($b, $k, $k)
$b.find($i)
$b.rfind($b)
$b.index($i, $k)
$b.count($b, $k)
$b.count($i)
$b.startswith($b, $k)
$b.endswith(($b, $b))
$b.upper(), $b.lower(), $b.title(), $b.swapcase(), $b.capitalize()
[getattr($b, n)() for n in ("isalpha", "isdigit", "isalnum", "isspace", "isupper", "islower", "istitle", "isascii")]
$b.center($k, $b)
$b.ljust($k, b'-')
$b.zfill($k)
$b.expandtabs($k)
$b.decode('utf-8', 'backslashreplace')
$b.decode($t, $t)
$b.join($q)
$b.join([$b, $b, $b])
$b.translate(bytes(range(256)), $b)
$b.translate(None, $b)
bytes.maketrans($b, $b)[:3]
$b.removeprefix($b)
$b.hex()
$b.hex($t)
$b.hex(':', $k)
bytes.fromhex($t)
bytearray.fromhex('0a 0B' + $t)
$b * $k
$b + $b
$b[$x]
$b[$i]
$b in $b
$i in $b
$b < $b, $b == $b, $b == $t
$b % ($a, $a)
$b % $a
b'%b|%s|%a' % ($b, $b, $a)
bytes($q)
bytes($i % 50)
bytes($t, $t)
bytearray($L)
bytes([$i, $i])
memoryview($b)[$x].tolist()
memoryview($b).cast($t)
memoryview($b).cast('B')[$i]
memoryview(bytes(24)).cast($t.strip() or 'i').tolist()
memoryview(bytes(24)).cast('h', [$k, $k]).tolist()
memoryview(bytearray($b)).hex($t)
memoryview($b) == $b, hash(memoryview($b'')) if False else 0
[getattr(memoryview($b), n) for n in ("nbytes", "format", "itemsize", "ndim", "shape", "strides", "readonly", "contiguous", "suboffsets")]
!r = bytearray($b); r[$x] = $b
!r = bytearray($b); del r[$x]
!r = bytearray($b); r[$x] = $q
!r = bytearray($b); r[$i] = $i
!r = bytearray($b); r.append($i)
!r = bytearray($b); r.insert($i, $i)
!r = bytearray($b); r.extend($q)
!r = bytearray($b); x = r.pop($i); r = x, r
!r = bytearray($b); r.remove($i)
!r = bytearray($b); r += $b; r *= $k; r.reverse()
!r = bytearray($b); m = memoryview(r); r.append(1)
!r = bytearray(b'abcdefgh'); m = memoryview(r); m[$x] = $b
!r = bytearray(b'abcdefgh'); m = memoryview(r); m[$i] = $a
!r = bytearray(8); m = memoryview(r).cast($t or 'f'); m[0] = $n
!r = bytearray(8); m = memoryview(r).cast(__import__('random').Random(1).choice('bBhHiIlLqQfd?cnN')); m[0] = $n
hashed($b)
int($b)
float($b)
int($b, $k)
int.from_bytes($b, 'big', signed=$k)
int.from_bytes($q, $t)
struct.unpack($t, $b)
repr($b), len($b), list($b)
bytes.__new__(bytes, $a)
bytearray($a)
bytes($a)
""".replace("memoryview($b) == $b, hash(memoryview($b'')) if False else 0", "memoryview($b) == $b, hashed(memoryview($b))"))

NUMBERS = lines("""
$n + $n
$n - $n
$n * $n
$n / $n
$n // $n
$n % $n
divmod($n, $n)
$n ** $k
$i ** $k
pow($i, $k, $i)
pow($i, $i, $i)
pow($i, -1, $i)
pow($f, $f)
pow($c, $c)
$f ** $f
$c ** $n
$i << ($k + 3)
$i >> $i
$i << $k
$i & $i, $i | $i, $i ^ $i, ~$i
-$n, +$n, abs($n)
not $n, bool($n)
$n < $n, $n == $n, $n != $n
$n >= $n
!x = $n; r = hash(x) if x == x and isinstance(x, (int, float, complex)) else 0
round($f, $k)
round($i, $k)
round($n)
round($i, -$k)
round($f, $i)
int($f)
int($n)
float($n)
complex($n, $n)
complex($t)
float($t)
float('-' + $t)
int($t, $k)
int($t, $i)
str($n), repr($n)
hex($i), oct($i), bin($i)
$f.hex()
float.fromhex($t)
float.fromhex($f.hex())
$f.is_integer(), $f.as_integer_ratio()
$i.bit_length(), $i.bit_count(), $i.to_bytes(5, 'big')
$i.to_bytes(40, 'little', signed=True)
$i.to_bytes($k, $t, signed=$a)
int.from_bytes(($i).to_bytes(60, 'big', signed=True), 'little')
$i.as_integer_ratio(), $i.conjugate(), $i.numerator, $i.__index__()
$c.conjugate(), $c.real, $c.imag
math.sqrt($n)
math.isqrt($i)
math.floor($f), math.ceil($f), math.trunc($f)
math.gcd($i, $i, $i), math.lcm($i, $i)
math.comb($i, $k), math.perm($i, $k)
math.factorial($k)
math.fsum([$f, $f, $f, $f])
math.hypot($f, $f, $f), math.dist([$f, $f], [$f, $f])
math.dist($l, $l)
math.prod($l, start=$n)
math.modf($f), math.frexp($f)
math.ldexp($f, $k)
math.ldexp($f, $i)
math.fmod($f, $f), math.remainder($f, $f)
math.copysign($f, $f), math.nextafter($f, $f), math.ulp($f)
math.isclose($f, $f, rel_tol=$f, abs_tol=$f)
math.log($n, $n)
math.log($i), math.log2($i), math.log10($i), math.log1p($f)
math.exp($f), math.expm1($f), math.exp2($f), math.cbrt($f)
math.pow($f, $f)
math.sin($f), math.cos($f), math.tan($f)
math.asin($f)
math.acosh($f)
math.atanh($f), math.atan2($f, $f)
math.gamma($f)
math.lgamma($f)
math.erf($f), math.erfc($f)
math.degrees($f), math.radians($f)
cmath.sqrt($c)
cmath.log($c)
cmath.log($c, $c)
cmath.exp($c)
cmath.phase($c), cmath.polar($c)
cmath.rect($f, $f)
cmath.sin($c), cmath.cosh($c)
cmath.tan($c), cmath.tanh($c)
cmath.asin($c), cmath.atan($c)
cmath.acosh($c), cmath.atanh($c)
cmath.isclose($c, $c, rel_tol=$f)
sum([$n, $n, $n], $n)
max($n, $n), min($n, $n, key=lambda v: -v)
sorted([$i, $f, $i, $f])
$n in [$n, $n, $n]
int.__add__($n, $n), float.__radd__($f, $n), complex.__mul__($c, $n)
int.__pow__($i, $k, $i)
$i.__round__($k)
float.__floordiv__($f, $n), float.__divmod__($f, $n)
float.__round__($f, $a)
int.__new__(int, $a)
float.__getformat__('double')
eval(repr($n)) == $n
chr($i)
range($i, $i, $i)[$i]
len(range($i, $i, $i))
$i in range($i, $i, $i)
range($i, $i).index(int($n)), range($k, 99).count($n)
range($i, $i, $i)[$x]
range($k, $k) == range($k, $k), hashed(range($k, $k, $i))
slice($a, $a, $a).indices($i)
statistics.mean([$n, $n, $n])
statistics.stdev([$f, $f, $i])
statistics.median($L)
random.Random(seeded($i)).random(), random.Random(seeded($t)).getrandbits(70), random.Random(seeded($b)).randrange(10**30)
random.Random(seeded($i)).sample(range(100), 5), random.Random(seeded($i)).gauss(0, 1)
fractions.Fraction($i, $i)
fractions.Fraction($f).limit_denominator($i)
fractions.Fraction($t)
fractions.Fraction($i, $i) + $n
decimal.Decimal($t)
decimal.Decimal($f) + decimal.Decimal($i)
decimal.Decimal($i) / decimal.Decimal($i)
decimal.Decimal($f).quantize(decimal.Decimal('0.01'))
decimal.Decimal($f).sqrt()
""")

FORMAT = lines("""
format($f, spec($k))
format($i, spec($k))
format($n, spec($k + 7))
format($t, spec($k))
format($a, spec($k))
'{:{}}'.format($n, spec($k))
'{!r:>{}}'.format($a, $k)
'{!s:^{}}|{!a}'.format($t, $k, $t)
'{0[0]} {0[a]} {1.real}'.format($a, $n)
'{a.__class__} {b[x]}'.format(a=$a, b=$d)
'{} {}'.format($a)
'{0} {}'.format($a, $a)
'{:d}|{:x}'.format($i, $i)
'{:%Y-%m-%d}'.format($a)
$t.format($a)
'{' + $t + '}'
('{' + $t + '}').format($a, a=$a)
('{:' + $t + '}').format($a)
('{0' + $t + '}').format($a)
('%' + $t) % $a
('%' + pspec($k)) % $n
('%' + pspec($k)) % $a
('%' + pspec($k)) % ($a, $a)
('%*d|%.*f') % ($k, $i, $k, $f)
'%(a)s %(b)r' % {'a': $a, 'b': $a}
'%(a)s' % $a
'%c' % $i, '%c' % $t
('%' + pspec($k)).encode() % $n
'%s %s' % $u
!x = $n; r = f'{x!r:>10}'
!x = $f; r = f'{x:{spec($k)}}'
!x = $n; y = $k; z = $k; r = f'{x:{y}.{z}}|{x=}|{x = !s:^30}'
!x = $a; r = f'{x}{x!a:*^20}'
'%5.3s|%-8r' % ($t, $a)
'%x %o %X %#x' % ($i, $i, $i, $i)
'%e %g %G %#g' % ($f, $f, $f, $n)
format($c, spec($k))
'{:.{}}'.format($c, $k)
string.Template($t).safe_substitute(a=$a)
string.Template('$$a ${b} $$$$').substitute($d)
string.capwords($t, $t)
string.Formatter().format($t, $a)
list(string.Formatter().parse($t))
textwrap.wrap($t * 10, $k + 3)
textwrap.dedent($t), textwrap.indent($t, $t)
textwrap.shorten($t * 5, $k + 5)
reprlib.repr($a)
pprint.pformat($a, width=$k + 5)
json.dumps($a, indent=$k, sort_keys=$k)
json.dumps($a, ensure_ascii=False)
json.dumps($d, separators=($t, $t))
json.loads($t)
json.loads('[' + $t + ']')
json.loads($b)
""")

CONTAINERS = lines("""
!r = $l; r[$x] = $q
!r = $l; del r[$x]
!r = $l; r.append($a); r.extend($q)
!r = $l; r.insert($i, $a)
!r = $l; x = r.pop($i); r = x, r
!r = $l; r.remove($a)
!r = $l; r += $q; r *= $k
!r = $l; r.sort(key=str, reverse=$k)
!r = $l; r.sort()
!r = $L; r.sort(key=lambda v: v % 3); x = r.copy(); r.reverse(); r = r, x
!r = $l; r[$i] = $a
!r = $l; r[$x] = r; r = repr(r)
!r = $L; r[::$k] = $L
!r = [*$q, *$q]
!r = {*$S, *$S}
!r = {**$d, **$d}
!a, *b, c = $q; r = a, b, c
!(a, b), *c = $q; r = a, b, c
!a, b = $q; r = a, b
!r = $d; r[$h] = $a; r.update($d)
!r = $d; x = r.pop($h, $a); r = x, r
!r = $d; r.pop($h)
!r = $d; x = r.setdefault($h, $a); r = x, r
!r = $d; r |= $d
!r = $d; r |= $q
!r = $d; r.update($q)
!r = $d; r.update($q, a=$a)
!r = $d; x = r.popitem(); r = x, r
!r = $d; del r[$h]
!r = $d; [r.pop(k) for k in r]
!r = $d; [r.__setitem__(str(k) + 'x', 1) for k in r]
!r = $S; r.add($h)
!r = $S; r |= $S; r -= $S
!r = $S; r ^= $S; r &= $S
!r = $S; r.update($q, $q)
!r = $S; r.discard($a)
!r = $S; r.remove($a)
!r = $S; [r.add(str(v) + 'q') for v in r]
!r = $S; x = r.pop(); r = x, r
!r = $S; r.symmetric_difference_update($q)
$l + $l
$l + $a
$l * $k
$u * $k
$u + $u
$l[$x]
$u[$x]
$l[$i]
$u[$a]
$l.index($a, $k, $k)
$u.index($a)
$l.count($a)
$a in $l
$a in $d
$h in $S
$l < $l
$u < $u
$u == $u, $l != $l
$d == $d
$d | $d
$d[$h]
$d.get($h, $a)
$d.keys() & $d.keys(), $d.items() | $d.items(), $d.keys() - $q
$d.keys() == $S, $d.keys().isdisjoint($q)
list($d.items()), list(reversed($d)), list(reversed($d.values()))
dict($q)
dict(zip($l, $l))
dict.fromkeys($q, $a)
dict($d, a=$a)
list($q), tuple($q)
set($q)
frozenset($q)
$S | $S, $S & $S, $S - $S, $S ^ $S
$S <= $S, $S < $S, $S == $S
$S.union($q, $q)
$S.issubset($q), $S.issuperset($q), $S.isdisjoint($q)
$S.intersection($q, $q)
$S.difference($q)
hashed($h)
hashed(frozenset($L))
sorted($q)
sorted($q, key=repr)
sorted($L, reverse=$k)
min($q), max($q, default=$a)
max($l, key=len)
sum($q, $a)
all($q), any($q)
list(zip($q, $q, strict=$k))
list(map($a, $q))
list(map(lambda a, b: (a, b), $q, $q))
list(filter(None, $q))
list(enumerate($q, $i))
list(reversed($l))
next(iter($q), $a)
len($q)
repr($l), repr($d), str($u), str($S)
iter($l).__length_hint__()
iter($l).__reduce__()
iter($d).__reduce__()
iter($S).__length_hint__()
$l.__getitem__($a)
$d.__contains__($a)
collections.deque($q, $k)
collections.deque($q, maxlen=$a)
!r = collections.deque($L); r.rotate($k); r.appendleft($a)
!r = collections.deque($L, $k); r.extendleft($q)
!r = collections.deque($L); r.insert($k, $a); r.remove($i)
!r = collections.deque($L); r[$i] = 1; del r[$k]
!r = collections.deque($L); [r.append(1) for _ in r]
collections.deque($L) * $k + collections.deque($L)
collections.deque($L).index($i, $k, $k)
collections.deque($L) < collections.deque($L)
collections.Counter($q)
collections.Counter($t) + collections.Counter($t), collections.Counter($t) - collections.Counter($t)
collections.Counter($t).most_common($k)
collections.OrderedDict($d) == $d
!r = collections.OrderedDict($d); r.move_to_end($h, last=$k)
!r = collections.OrderedDict($d); r.popitem($k)
!r = collections.defaultdict($a); r[$h]
!r = collections.defaultdict(list, $d); r[$h]
collections.ChainMap($d, $d)[$h]
collections.namedtuple('P', $t)
collections.namedtuple('P', 'a b')($a, $a)._replace(a=$a)
collections.namedtuple('P', 'a b c', defaults=$u)($a)
heapq.nsmallest($k, $q), heapq.nlargest($k, $L)
!r = $L; heapq.heapify(r); heapq.heappush(r, $n); x = heapq.heappop(r); r = x, r
list(heapq.merge($L, $L, reverse=$k))
bisect.bisect_left(sorted($L), $n, $k), bisect.bisect(sorted($L), $n, $k, $k)
!r = sorted($L); bisect.insort(r, $n, key=$a)
array.array($t or 'i', $q)
array.array('i', $L) * $k + array.array('i', $L)
!r = array.array('h', $L); r[$x] = array.array('h', $L)
!r = array.array('d', $L); r.append($n)
!r = array.array('B', [1, 2]); r.extend($q)
!r = array.array('u', $t); r.fromunicode($t)
operator.itemgetter($a, $a)($a)
operator.attrgetter($t)($a)
operator.methodcaller($t, $a)($a)
operator.itemgetter($k)($q)
operator.concat($a, $a)
operator.countOf($q, $a), operator.indexOf($q, $a)
operator.length_hint($q, $a)
operator.add($a, $a)
operator.index($a)
!r = $l; operator.iadd(r, $a)
operator.setitem($a, $a, $a)
operator.contains($a, $a)
operator.getitem($a, $a)
operator.is_not($a, None)
""")

ITERATION = lines("""
itertools.accumulate($q, initial=$a)
itertools.accumulate($L, operator.mul)
itertools.accumulate($L, $a)
itertools.chain($q, $q)
itertools.chain.from_iterable($q)
itertools.combinations($q, $k)
itertools.combinations_with_replacement($L, $k)
itertools.compress($q, $q)
itertools.count($n, $n)
itertools.count($a)
itertools.cycle($q)
itertools.dropwhile(bool, $q)
itertools.takewhile($a, $q)
itertools.filterfalse(None, $q)
[(k, list(g)) for k, g in itertools.groupby($q)]
[(k, list(g)) for k, g in itertools.groupby($q, $a)]
itertools.groupby($L, key=lambda v: v // 3)
itertools.islice($q, $k)
itertools.islice($q, $k, $k, $k)
itertools.islice($q, $i)
itertools.pairwise($q)
itertools.permutations($q, $k)
itertools.product($q, $L, repeat=$k)
itertools.product($L, $t)
itertools.repeat($a, $k)
itertools.repeat($a, times=$i)
itertools.starmap($a, $q)
itertools.starmap(divmod, zip($L, $L))
[list(v) for v in itertools.tee($q, $k)]
itertools.zip_longest($q, $q, fillvalue=$a)
repr(itertools.count($n, $n)), repr(itertools.repeat($a, $k))
functools.reduce($a, $q)
functools.reduce(operator.add, $q)
functools.reduce(operator.add, $L, $n)
functools.partial($a, $a, x=$a)
functools.partial(divmod, $n)($n)
functools.partial(int, base=$k)($t)
repr(functools.partial(print, $a, end=$a))
functools.lru_cache($i)(lambda v: v)($a)
functools.lru_cache(maxsize=$a)
functools.cmp_to_key(lambda a, b: $n)($a) < functools.cmp_to_key(lambda a, b: 1)($a)
sorted($L, key=functools.cmp_to_key(lambda a, b: b - a))
functools.singledispatch(lambda v: v)($a)
functools.wraps($a)(lambda: 0)
zip($q, $q, $q)
map(divmod, $L, $L)
filter($a, $q)
enumerate($q, start=$a)
reversed($a)
iter($a, $a)
iter($t.split, $l)
iter($a)
next($a)
range($a, $a, $a)
aiter($a)
anext($a)
isinstance($a, $a)
issubclass($a, $a)
isinstance($a, (int, $a))
getattr($a, $t, $a)
getattr($a, $a)
hasattr($a, $t)
setattr($a, $t, $a)
delattr($a, $t)
callable($a), id($a) > 0
type($a)
type($t, $u, $d)
type('T', ($a,), {})
[*vars($a)]
dir($a)
hashed($h)
len($a)
repr($a), ascii($a)
bool($a)
abs($a)
round($a, $a)
divmod($a, $a)
pow($a, $a, $a)
sum($a)
min($a), max($a)
max($a, $a, key=$a)
sorted($a, key=$a, reverse=$a)
any($a), all($a)
chr($a)
ord($a)
hex($a)
oct($a)
bin($a)
format($a, $a)
print($a, $a, sep=$a, end='')
print($a, file=$a)
print($a, sep=$t, end=$t, flush=$a)
eval($a)
exec($a)
compile($a, $a, $a)
compile($t, 'f', $t)
compile($t, 'f', 'eval')
open($t, $t)
open($i % 7 - 9, $t)
__import__($a)
__import__($t, level=$k)
input.__name__
slice($a)
slice($a, $a, $a).indices($a)
super($a, $a)
property($a).fget
staticmethod($a)
classmethod($a)
object($a)
bytes($a, $a)
complex($a, $a)
float($a)
int($a, $a)
dict($a)
list($a), tuple($a)
set($a)
memoryview($a)
zip($a, strict=$a)
$a + $a
$a - $a
$a * $a
$a @ $a
$a / $a
$a // $a
$a % $a
$a ** $k
$a << $a
$a & $a
$a | $a
$a < $a
$a == $a
$a[$a]
$a($a)
$a(*$a)
$a(**$a)
print(*$a, **$a)
~$a
-$a
$a in $a
""")

PATTERNS = lines("""
re.findall(pattern($i), $t)
re.sub(pattern($i), $t, $t)
re.sub(pattern($i), r'[\\g<0>]', $t, $k)
re.sub(pattern($i), lambda m: m[0].upper(), $t)
re.split(pattern($i), $t, $k)
re.match(pattern($i), $t)
re.fullmatch(pattern($i), $t)
re.search(pattern($i), $t).span()
re.compile(pattern($i), flags($i))
[m.groups() for m in re.finditer(pattern($i), $t * 2, flags($i))]
re.compile(pattern($i), flags($i)).findall($t, $k, $k)
re.subn(pattern($i).encode('latin-1', 'ignore'), $b, $b)
re.findall(pattern($i), $b)
re.compile($t)
re.compile($t).pattern
re.escape($t)
re.escape($b)
re.search(r'(a)(?P<n>b)?', $t).expand($t)
re.search(r'(\\w)(?P<n>\\W)?', 'q' + $t).groupdict($a)
re.search(r'(.)(?P<n>b)?', 'q' + $t).group($a, $a)
re.search(r'(.)(?P<n>b)?', 'q' + $t).span($a)
re.search(r'(.)(?P<n>b)?', 'q' + $t)[$a]
re.sub('(.)', $t, $t)
re.sub($t, $t, $t)
re.compile(pattern($i), $i)
re.compile($b).search($t)
re.compile('.').search($a)
re.compile(pattern($i), re.DEBUG)
unicodedata.name(($t or 'a')[0], $a)
[unicodedata.category(c) + unicodedata.bidirectional(c) + unicodedata.east_asian_width(c) for c in $t]
[unicodedata.decomposition(c) for c in $t], [unicodedata.combining(c) for c in $t], [unicodedata.mirrored(c) for c in $t]
unicodedata.normalize(['NFC', 'NFD', 'NFKC', 'NFKD'][$k % 4], $t)
unicodedata.is_normalized('NFC', $t)
unicodedata.normalize($t, $t)
unicodedata.numeric(($t or 'a')[0], $a)
unicodedata.digit(($t or 'a')[0])
unicodedata.decimal(($t or 'a')[0], None)
unicodedata.lookup($t)
$t.encode(codec($i), handler($i))
$b.decode(codec($i), handler($i))
$t.encode(codec($i))
$b.decode(codec($i))
codecs.encode($a, codec($i))
codecs.decode($a, codec($i))
codecs.getincrementaldecoder(codec($i))(handler($i)).decode($b)
codecs.getincrementalencoder(codec($i))(handler($i)).encode($t)
codecs.lookup($t)
codecs.lookup_error($t)
codecs.escape_decode($b)
codecs.unicode_escape_decode($b)
codecs.raw_unicode_escape_decode($t)
codecs.utf_7_decode($b)
codecs.utf_16_ex_decode($b, 'replace', $k)
codecs.utf_8_decode($b, 'strict', $k)
codecs.charmap_encode($t, 'replace', $d)
codecs.charmap_decode($b, 'strict', $t)
codecs.charmap_decode($b, 'replace', $d)
UnicodeEncodeError($t, $t, $k, $k, $t)
str(UnicodeDecodeError($t, $b, abs($k), abs($k), $t))
str(UnicodeTranslateError($t, abs($k), abs($k), $t))
codecs.lookup_error(handler($i))(UnicodeDecodeError('utf-8', $b + b'q1', 1, $k + 6, 'r'))
codecs.lookup_error(handler($i))(UnicodeEncodeError('utf-8', $t + 'q', 0, $k + 5, 'r'))
codecs.lookup_error(handler($i))(UnicodeTranslateError($t + 'q1', 1, $k + 6, 'r'))
struct.pack(layout($i), $n)
struct.pack(layout($i), $n, $n)
struct.pack(layout($i) + layout($i), $a, $a)
struct.unpack(layout($i), $b)
struct.unpack_from(layout($i), $b, $k)
struct.calcsize(layout($i) + layout($i))
struct.calcsize($t)
list(struct.iter_unpack(layout($i), bytes(range(24))))
struct.pack_into(layout($i), bytearray(9), $k, $n)
struct.unpack(layout($i), bytes(range(200, 200 + struct.calcsize(layout($i)))))
binascii.hexlify($b, $t, $k)
binascii.unhexlify($t)
binascii.b2a_base64($b), binascii.a2b_base64($t)
base64.b64decode($t, validate=$k), base64.b85encode($b), base64.b32decode($b)
zlib.crc32($b, $i), zlib.adler32($b)
hashlib.md5($b).hexdigest(), hashlib.blake2b($b, digest_size=$k).hexdigest()
hmac.new($b, $b, 'sha256').hexdigest()
""")

LIBRARY = lines("""
datetime.date($i, $k, $k)
datetime.date(2024, $k, $k) - datetime.date(2000, $k, 3)
datetime.datetime(2024, 2, 29, $k, $k, $k).isoformat($t)
datetime.datetime(1999, $k, $k).strftime($t)
datetime.timedelta($n, $n, $n)
datetime.timedelta(days=$f) * $n
datetime.timedelta($k, $i) // datetime.timedelta(0, $k)
datetime.timedelta($k) / $n
datetime.date.fromisoformat($t)
datetime.datetime.fromisoformat('2024-01-02T03:04:05' + $t)
datetime.time.fromisoformat('03:0' + $t)
datetime.date.fromordinal($i)
datetime.datetime.fromtimestamp($n, datetime.timezone.utc)
datetime.timezone(datetime.timedelta(hours=$k), $t)
datetime.timezone(datetime.timedelta(0, $i)).tzname(None)
datetime.date(2024, 1, 1).replace(month=$a)
datetime.datetime.strptime($t, '%Y')
datetime.datetime.strptime('2024-02-30', $t)
datetime.date(2020, 1, 1).isocalendar(), datetime.date.fromisocalendar(2020, $k, $k)
datetime.time($k, $k, fold=$k)
datetime.datetime(2020, 1, 1) + datetime.timedelta($n)
repr(datetime.timedelta(seconds=$f)), str(datetime.timedelta(seconds=$i))
datetime.date(2024, 1, 1) < $a
datetime.datetime(2024, 1, 1) == $a
time.gmtime($n)
time.strftime($t, time.gmtime(0))
time.asctime($a)
calendar.monthrange($i % 9999, $k)
enum.Enum('E', $t)
enum.Enum('E', $a)
enum.Flag('F', 'A B C')($k)
enum.IntEnum('E', 'A B')($a)
enum.IntFlag('F', 'A B C')($i) | $k
repr(enum.IntFlag('F', 'A B C')($k)), ~enum.Flag('F', 'A B')(1)
dataclasses.make_dataclass('D', $t.split())
dataclasses.make_dataclass('D', ['a', ('b', int, $a)])($a)
dataclasses.asdict(dataclasses.make_dataclass('D', ['a', 'b'])($a, $a))
dataclasses.make_dataclass('D', ['a', 'b'], frozen=True, order=True)($k, $k) < dataclasses.make_dataclass('D', ['a'])($k)
dataclasses.replace($a, x=1)
typing.Union[$a, $a]
typing.Optional[$a]
typing.List[$a]
typing.Dict[$a, $a]
typing.Literal[$h, $h]
typing.Callable[[$a], $a]
typing.TypeVar($a, $a)
typing.get_type_hints($a)
typing.cast($a, $a)
list[$a]
dict[$a, $a][$a]
list[$a].__parameters__, tuple[int, ...].__args__
int | $a
(int | str) == (str | $a)
list[int] | $a
types.SimpleNamespace(a=$a, b=$a)
types.SimpleNamespace(**$d)
types.MappingProxyType($a)
types.MappingProxyType($d) | $d
types.GenericAlias($a, $a)
types.new_class($t, $u)
types.MethodType($a, $a)
types.FunctionType($a, $a)
types.CellType($a)
types.ModuleType($t, $a)
inspect.signature($a)
str(inspect.signature(lambda a, b=$a, *c, d=$k, **e: 0))
inspect.signature(lambda a, /, b, *, c: 0).bind($a, b=$a)
inspect.getmro($a)
copy.copy($a)
copy.deepcopy($l)
copy.copy($d)
pickle.loads(pickle.dumps($a, $k))
pickle.dumps($a)
pickle.loads($b)
marshal.loads(marshal.dumps($a))
marshal.dumps($l)
marshal.loads($b)
ast.literal_eval($t)
ast.dump(ast.parse($t))
ast.unparse(ast.parse($t))
ast.literal_eval(repr($a))
io.StringIO($t).readlines()
io.StringIO($t, newline=$t).read($k)
!r = io.StringIO($t); r.seek($k, $k)
!r = io.StringIO($t); r.truncate($k); r = r.getvalue(), r.tell()
!r = io.BytesIO($b); r.seek($i, $k); r.write($b); r = r.getvalue()
!r = io.BytesIO($b); r.read($k); r = r.readline($k), r.tell()
io.TextIOWrapper(io.BytesIO($b), encoding=$a).read()
io.TextIOWrapper(io.BytesIO($b), 'utf-8', 'replace', newline=$t).readlines()
io.open($a)
csv.reader([$t, $t], delimiter=$t)
list(csv.reader([$t, $t]))
csv.Dialect
shlex.split($t)
shlex.quote($t)
fnmatch.translate($t), fnmatch.fnmatch($t, $t)
difflib.ndiff($T, $T)
difflib.get_close_matches($t, $T)
urllib.parse.quote($t, safe=$t), urllib.parse.unquote($t)
urllib.parse.urlsplit($t)
urllib.parse.parse_qs($t)
html.escape($t), html.unescape('&' + $t)
ipaddress.ip_address($a)
uuid.UUID(int=$i)
uuid.UUID($t)
colorsys.rgb_to_hsv($f, $f, $f)
pathlib.PurePosixPath($t, $t).parts
pathlib.PurePosixPath($t).with_suffix($t)
os.path.join($t, $t), os.path.normpath($t), os.path.splitext($t)
os.path.commonpath($T)
os.fsencode($t), os.fsdecode($b)
textwrap.fill($t, $k)
graphlib.TopologicalSorter($d).static_order()
contextlib.suppress($a).__exit__($a, $a, None)
weakref.ref($a)
weakref.WeakValueDictionary($d)
contextvars.ContextVar($a)
contextvars.ContextVar('v', default=$a).get()
queue.Queue($k).get_nowait()
numbers.Number.register($a)
abc.ABCMeta($t, $u, $d)
string.ascii_letters.index($t)
tokenize.untokenize($l)
warnings.warn($a, $a)
warnings.warn_explicit($a, UserWarning, $t, $k)
warnings.filterwarnings($t, $t)
traceback.format_exception_only(ValueError, $a)
traceback.format_exception(ValueError($a))
Exception($a, $a).args, str(Exception($a)), repr(KeyError($a)), str(KeyError($a, $a))
str(OSError($a, $a, $a)), OSError($i, $t).errno, type(OSError($k, 'x'))
str(SyntaxError($t, ($t, $k, $k, $t))), SyntaxError($a, $a)
str(ImportError($a, name=$a)), repr(StopIteration($a).value), SystemExit($a).code
str(UnicodeError($a)), AttributeError($a, name=$a, obj=$a).name, NameError($a, name=$a).name
ExceptionGroup($t, [ValueError($a)])
ExceptionGroup($a, $l)
BaseExceptionGroup($t, [KeyboardInterrupt(), ValueError($a)]).split(ValueError)
ExceptionGroup('g', [ValueError(1), TypeError(2)]).subgroup($a)
ValueError($a).with_traceback($a)
ValueError($a).add_note($a)
sys.intern($a)
sys.getsizeof($a)
sys.getsizeof($t)
sys.getsizeof($l), sys.getsizeof($u), sys.getsizeof($d), sys.getsizeof($S)
sys.exc_info(), sys.getrefcount($l)
sys._getframe($a) and None
sys.exit($a)
sys.displayhook($a)
sys.excepthook($a, $a, $a)
symtable.symtable($t, 'f', 'exec')
code.compile_command($t)
keyword.iskeyword($a)
gc.is_tracked($a), gc.is_finalized($a), gc.get_count().__class__
dis.dis($t)
opcode.stack_effect($k, $a)
""")

_library_modules = """datetime time calendar enum dataclasses typing types inspect copy pickle marshal ast io csv shlex fnmatch difflib urllib.parse html ipaddress
uuid colorsys pathlib os textwrap graphlib contextlib weakref contextvars queue numbers abc string tokenize warnings traceback sys symtable code keyword gc dis
opcode""".split()

SPECS = '''\
import random as _random
def spec(seed):
    r = _random.Random(seeded(seed + 1000))
    c = r.choice
    return "".join([c(["", "", "*", "\\u3042", "{", "0"]) + c("<>=^") if r.random() < .4 else "", c(["", "", "+", "-", " "]), c(["", "", "z"]), c(["", "#"]), c(["", "0"]),
                    c(["", "", "1", "8", "20"]), c(["", "", ",", "_"]), c(["", "", ".0", ".3", ".10", ".", ".100"]), c(["", "b", "c", "d", "e", "E", "f", "F", "g", "G", "n", "o", "s", "x", "X", "%", "q"])])
def pspec(seed):
    r = _random.Random(seeded(seed + 2000))
    c = r.choice
    return c(["", "", "(a)"]) + c(["", "-", "+", " ", "#", "0", "-0", "+ "]) + c(["", "", "5", "20", "*"]) + c(["", "", ".0", ".3", ".", ".20", ".*"]) + c(["", "", "l", "h"]) + c("diouxXeEfFgGcrsa%bqy")
'''
SOURCES = '''\
import random as _random
def pattern(seed):
    r = _random.Random(seeded(seed))
    def atom(depth):
        k = r.random()
        if k < .5 or depth == 0:
            return r.choice(["a", "b", ".", "\\\\w", "\\\\d", "\\\\s", "\\\\S", "[a-c]", "[^a]", "[\\\\w-]", "^", "$", "\\\\b", "\\\\B", "\\\\A", "\\\\Z", "x", "\\u00e9", "\\u00df", " ", "\\\\.", "[A-Z\\u0100-\\u0200]", "\\\\1", "(?P=n)"])
        if k < .9:
            return r.choice(["(", "(?:", "(?P<n>", "(?=", "(?!", "(?<=", "(?<!", "(?i:", "(?>", "(?-i:", "(?s-m:"]) + body(depth - 1) + ")"
        return "(?(1)" + body(depth - 1) + "|" + body(depth - 1) + ")"
    def body(depth):
        text = "".join(atom(depth) + r.choice(["", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{,2}?", "*+", "++", "{0}", "{2,1}"]) for _ in range(r.randint(0, 3)))
        return text + ("|" + body(depth - 1) if depth > 0 and r.random() < .3 else "")
    return body(2)
def flags(seed):
    r = _random.Random(seeded(seed))
    return re.RegexFlag(sum(r.sample([int(re.I), int(re.M), int(re.S), int(re.X), int(re.A)], r.randint(0, 2))))
def codec(seed):
    return _random.Random(seeded(seed)).choice("ascii latin-1 utf-8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be utf-7 cp1252 cp437 iso8859-15 koi8-r unicode_escape raw_unicode_escape idna punycode shift_jis euc_jp gb18030 big5 euc_kr iso2022_jp hz charmap rot13 hex base64 quopri zlib mbcs undefined cp65001".split())
def handler(seed):
    return _random.Random(seeded(seed + 1)).choice("strict ignore replace backslashreplace xmlcharrefreplace namereplace surrogateescape surrogatepass nonesuch".split())
def layout(seed):
    r = _random.Random(seeded(seed))
    return r.choice(["", "<", ">", "=", "!", "@"]) + r.choice(["", "", "2", "0", "10"]) + r.choice("xcbB?hHiIlLqQnNefdspP")
'''

GROUPS = {
    "text": (["string"], TEXT),
    "data": (["struct"], DATA),
    "numbers": (["math", "cmath", "statistics", "random", "fractions", "_pydecimal as decimal"], NUMBERS),
    "format": (["string", "textwrap", "reprlib", "pprint", "json", SPECS], FORMAT),
    "containers": (["collections", "heapq", "bisect", "array", "operator"], CONTAINERS),
    "iteration": (["itertools", "functools", "operator"], ITERATION),
    "patterns": (["re", "unicodedata", "codecs", "struct", "binascii", "base64", "zlib", "hashlib", "hmac", SOURCES], PATTERNS),
    "library": (_library_modules, LIBRARY),
}
