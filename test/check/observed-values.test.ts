import { describe, expect, it } from 'vitest';
import { meets } from '../../src/check/observed-values.js';

/** What nobody who reads a row of PASS would object to, and what is for a person to judge: each is as good as silent. */
const NOT_OBJECTED = `
baseline => 7
baseline + 2 => 8
baseline - 1 => 8
= baseline => 5
equal to baseline => 5
pre + 2 => 8
same as PF-4 => 6
unchanged => 5
as before => 5
see PF-4 => 6
n/a => 5
informational => 5
not applicable => 5
— => 5
 => 5
any => x
~5 => 500
max. 30 s => 12 s
max 3 => 2
max. 3 => 3
minimum 3 => 4
min. 3 => 4
3 max => 2
up to 5 => 5
5 or more => 9
5+ => 9
200 or 204 => 204
5 or 6 => 6
A / B => A
A|B => B
between 1 and 5 => 3
1-5 => 3
1–5 => 3
1..5 => 3
1 to 5 => 3
1-5 s => 3000 ms
5 ± 1 => 5.5
5 +/- 1 => 4
100 ± 5 % => 96
not 0 => 5
exactly 5 => 5
> 0 and < 10 => 5
> 0, < 10 => 5
4.0 => 4
4.0 GB => 4 GB
4.50 => 4.5
1.1 => 1.10
1 200 000 => 1,200,000
1e3 => 1000
1.000 => 1000
1,000 => 1000.0
3600 s => 1 h
700 ms => 0.7 s
2 GB => 2048 MB
<= 1 h => 30 min
<= 3600 s => 00:30:00
<= 5 => 6000 ms
<= 5 kB => 4 MiB or so
15.x => 15.4
15 => 15.18
>= 15.9 => 15.18
>= v1.2 => v1.3
PostgreSQL 13–18 => 15
none => 0
(no rows) => 0 rows
no rows => (no rows)
no error => no errors
0 failures => none
none => -
none => none found
empty => (empty)
empty => 
non-empty => 5
non-zero => 3
yes => yes (idx_a)
yes => y
true => yes
t => true
on => true
5 => 5 (as expected)
5 => 5 ✓
5 => 5, as expected
5 => 5 (1 new)
5 => 5 <br> (see log)
5[^1] => 5
5 [1] => 5
five => 5
one => 1
"foo" => foo
'foo' => foo
public.t => "public"."t"
t => public.t
3,5 s => 3.5 s
ABSENT => absent
ABSENT => missing
exists => t
exists => app.thing
present => found
success => succeeded
read-only => read only
200 OK => 200
HTTP 200 => 200
owner: app => app
{a,b} => {b,a}
a, b => b, a
no errors at all => nothing was found
a row per item => one row per item
int => integer
5 failures => 5 errors
2026-05-16 => 2026-05-16T00:00:00Z
2026-05-16 05:00:00+00 => 2026-05-16T05:00:00Z
`;

/** What is plainly not what was expected. */
const OBJECTED = `
4 => 5
BEFORE INSERT (a) => BEFORE UPDATE (a)
10 => 1
-5 => 5
−5 => 5
4 => 4.5
1,000 => 1001
1000 rows => 1001 rows
5 => 6 rows
0 => 3 errors
no rows => 3 rows
(no rows) => 1
none => 1
<= 5 => 6
<= 5 s => 6 s
<= 5 s => 6000 ms
<= 1 min => 61 s
<= 1 h => 2 hours
<= 3600 => 3601 s
<= 5 => seven
max 3 => 4
max. 30 s => 31 s
at least 3 => 2
minimum 3 => 2
5 or more => 4
> 0 => none
>= 99.9% => 99.5%
between 1 and 5 => 9
1-5 => 9
1–5 => 9
1..10 => 11
5 ± 1 => 6.5
100 ± 5 % => 106
5 or 6 => 7
200 or 204 => 500
not 0 => 0
!= 5 => 5
non-zero => 0
non-empty => 
non-empty => (empty)
not null => NULL
exactly 5 => 6
= abc => abd
> 0 and < 10 => 11
3600 s => 2 h
3,5 s => 4.5 s
5 => 
5 => TBD
5 => n/a
NULL => 0
true => f
yes => no
present => absent
ok => error
PASS => FAIL
a => b
app.item => app.items
PRIMARY KEY (id) => PRIMARY KEY (label)
CHECK (a > 0) => CHECK (a > 1)
varchar(10) => varchar(20)
exit 0 => exit 1
HTTP 200 => HTTP 500
5 (see note) => 6 (see note)
2026-05-16 => 2026-05-17
v1.2 => v1.3
0x10 => 0x11
5% => 6%
1a2b => 1a2c
`;

const pairs = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' => ') as [string, string]);

describe('meets', () => {
  it.each(pairs(NOT_OBJECTED))('has nothing against "%s" with "%s" observed', (expected, observed) => {
    expect(meets(expected, observed)).not.toBe(false);
  });

  it.each(pairs(OBJECTED))('tells "%s" from "%s"', (expected, observed) => {
    expect(meets(expected, observed)).toBe(false);
  });

  it.each(
    pairs(`
0 => 00
0 => 0 (nearly)
a|1|b => a|2|b
a|b => a
ab12 => AB12
NOT NULL => NULL
NOT VALID => VALID
CHECK (a OR b) => b)
BEFORE INSERT => BEFORE UPDATE
<= 5 => 6
a b => b a
exists => t
`),
  )('tells "%s" from "%s" in a report that the tool wrote', (expected, observed) => {
    expect(meets(expected, observed, true)).toBe(false);
  });

  it.each(
    pairs(`
true => t
1,000 => 1000
2 => 2 rows
baseline + 2 => 8
<= 3600 s => 12 s
5 or 6 => 6
`),
  )('has nothing against "%s" with "%s" observed there', (expected, observed) => {
    expect(meets(expected, observed, true)).not.toBe(false);
  });
});
