"""Verifies a published run with the standard library, ssh-keygen and openssl, and nothing of the tool (docs/verify-by-hand.md).

At the root of the corpus: python3 verify.py REPORT [--signers ALLOWED_SIGNERS] [--role PERSON[,PERSON]] [--number N]
It prints what is wrong and ends with 1, or prints "verified".
"""
import argparse, base64, hashlib, json, re, subprocess, sys, tempfile
from datetime import datetime, timezone
from pathlib import Path

TYPE = "application/vnd.in-toto+json"
problems = []

def check(holds, problem):
    if not holds:
        problems.append(problem)

def digest(data):
    return hashlib.sha256(data).hexdigest()

def canonical(value):
    """RFC 8785 for the values of records: no numbers but integers, no keys beyond the Basic Multilingual Plane."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

def read_journal(path):
    lines, prev, data = [], "0" * 64, path.read_bytes()
    check(data.endswith(b"\n"), "the journal's last line is not complete")
    for number, text in enumerate(data.split(b"\n")[:-1], 1):
        line = json.loads(text)
        check(line["seq"] == number and line["prev"] == prev, f"journal: line {number} does not follow")
        prev = digest(text)
        lines.append(line)
    return lines, prev

def bare(line):
    return None if line is None else {key: line[key] for key in line if key not in ("seq", "at", "prev", "type")}

def fold(lines, head):
    """The record that a journal gives."""
    last = lambda items: items[-1] if items else None
    only = lambda kind, after=0: [line for line in lines if line["type"] == kind and line["seq"] > after]
    timed = lambda kind: [{**bare(line), "at": line["at"]} for line in only(kind)]
    def last_of(kind, *keys):
        items = [bare(line) for line in only(kind)]
        named = {tuple(item[key] for key in keys): index for index, item in enumerate(items)}
        return [item for index, item in enumerate(items) if index in named.values()]
    def step(started):
        later = [one["seq"] for one in only("step-started", started["seq"]) if one["id"] == started["id"]]
        ends = [one for one in only("step-finished", started["seq"]) if one["id"] == started["id"]]
        end = last([one for one in ends if not later or one["seq"] < later[0]]) or {}
        return {"id": started["id"], "step": started["step"], "status": end.get("status", "running"),
                "detail": end.get("detail", ""), "startedAt": started["at"], "finishedAt": end.get("at")}
    def transaction(unit):
        begun = last([line for line in only("transaction-started") if line["unit"] == unit])
        if begun is None:
            return None
        own = lambda kind: [line for line in only(kind, begun["seq"]) if line["unit"] == unit]
        end = last(own("transaction-ended")) or {}
        return {"unit": unit, "startedAt": begun["at"], "endedAt": end.get("at"), "xid": begun["xid"],
                "ledger": begun["ledger"], "statements": [bare(line) for line in own("statement-executed")],
                "refused": bare(next(iter(own("statement-refused")), None)), "tag": end.get("tag"),
                "outcome": end.get("outcome", "unknown"), "decidedBy": end.get("decidedBy")}

    start, end = lines[0], lines[-1] if lines[-1]["type"] == "run-finished" else {}
    identity = {line["moment"]: bare(line) for line in reversed(only("identity-read"))}
    said = "runId ledgerId mode tool plan planSha256 target chain authorization earlier corpus".split()
    return {
        "format": "probatum-record/1", **{key: start[key] for key in said},
        "scratch": (last(only("scratch-built")) or {}).get("documents"), "resumed": timed("run-resumed"),
        "startedAt": start["at"], "finishedAt": end.get("at"),
        "steps": [step(line) for line in only("step-started")], "gates": timed("gate-evaluated"),
        "identity": {moment: identity.get(moment) for moment in ("before", "after")},
        "artefacts": timed("artefact-written"), "backup": bare(last(only("backup-read"))),
        "backupRestored": bare(last(only("backup-restored"))), "checks": last_of("check-evaluated", "moment", "id"),
        "baselines": [bare(line) for line in only("baseline-read")],
        "authorizationChecks": [bare(line) for line in only("authorization-checked")],
        "concurrent": [bare(line) for line in only("concurrent-changes")], "proofs": last_of("proof-read", "name"),
        "migration": transaction("migration"), "rollback": transaction("rollback"),
        "status": end.get("status", "indeterminate"),
        "reason": end.get("reason", "the journal has no end: the run was interrupted"),
        "journal": {"events": len(lines), "head": head},
    }

def statement(record, files):
    """What the seal has to say."""
    artefacts = {one["path"]: one["sha256"] for one in record["artefacts"]}
    subjects = [*files.items(), ("plan.json", record["planSha256"]), *sorted(artefacts.items())]
    said = ("runId", "ledgerId", "mode", "planSha256", "status", "startedAt", "finishedAt", "tool", "corpus", "journal")
    identity = (record["identity"]["before"] or {"identity": {}})["identity"]
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": name, "digest": {"sha256": sha256}} for name, sha256 in subjects],
        "predicateType": "https://schemas.probatum.invalid/run/v1",
        "predicate": {
            **{key: record[key] for key in said},
            "package": {key: record["plan"]["package"][key] for key in ("path", "sha256")},
            "target": {"name": record["target"]["name"], "systemIdentifier": identity.get("system_identifier"),
                       "database": record["target"]["database"]},
            "artefacts": len(artefacts),
        },
    }

def entry(line):
    """The names, options, type and key of a line of allowed_signers."""
    words = re.findall(r'(?:"[^"]*"|[^\s"])+', line)
    options = [] if words[1].startswith(("ssh-", "ecdsa-", "sk-")) else re.findall(r'(?:"[^"]*"|[^",])+', words.pop(1))
    return words[0].strip('"').split(","), options, words[1], base64.b64decode(words[2])

def usable(line, now):
    """The person, type, key and text of a line of allowed_signers that lets one person sign runs now; else None."""
    names, options, kind, key = entry(line)
    for option in options:
        name, _, value = option.replace('"', "").partition("=")
        if name in ("valid-after", "valid-before"):
            time = datetime.strptime(value.rstrip("Z").ljust(14, "0"), "%Y%m%d%H%M%S")
            time = time.replace(tzinfo=timezone.utc) if value.endswith("Z") else time.astimezone()
            if (now < time) == (name == "valid-after"):
                return None
        elif name != "namespaces" or "probatum-run" not in value.split(","):
            return None
    return None if len(names) > 1 or re.search("[*?!]", names[0]) else (names[0], kind, key, line)

def names_of_person(name, lines):
    """All names that have a key in common with a name, also over further keys: a key is one person's."""
    names, keys, known = {name}, set(), 0
    while known < (known := len(names) + len(keys)):
        for own, options, _, key in map(entry, lines):
            if "cert-authority" not in options and (key in keys or names & set(own)):
                names, keys = names | {one for one in own if one and not re.search("[*?!]", one)}, keys | {key}
    return frozenset(names)

def armoured(sig):
    """Whether a signature of OpenSSH is in the one form that ssh-keygen gives it."""
    body = base64.b64encode(base64.b64decode("".join(sig.decode().split("\n")[1:-2]))).decode()
    lines = "\n".join(re.findall(".{1,70}", body))
    return sig == f"-----BEGIN SSH SIGNATURE-----\n{lines}\n-----END SSH SIGNATURE-----\n".encode()

def signed_by(signature, payload, signers):
    """The names of the person whose signature it is, with the key; None where it is nobody's."""
    sig = base64.b64decode(signature["sig"], validate=True)
    signed, names = b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(payload), payload), set()
    with tempfile.TemporaryDirectory() as folder:
        file = lambda name, data: Path(folder, name).write_bytes(data) and str(Path(folder, name))
        for person, kind, key, line in signers:
            fingerprint = base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")
            command = ["ssh-keygen", "-Y", "verify", "-f", file("signers", line.encode()), "-I", person, "-s", file("sig", sig)]
            command += ["-n", "probatum-run"]
            if len(sig) == 64:
                spki = bytes.fromhex("302a300506032b6570032100") + key[-32:]
                command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", file("key", spki), "-rawin"]
                command += ["-in", file("signed", signed), "-sigfile", file("sig", sig)]
            fits = f"SHA256:{fingerprint}" == signature["keyid"] and (kind == "ssh-ed25519" if len(sig) == 64 else armoured(sig))
            if fits and subprocess.run(command, input=signed, capture_output=True).returncode == 0:
                names.add(person)
    return (names, signature["keyid"]) if names else None

def main():
    parser = argparse.ArgumentParser()
    for name, kind in (("report", str), ("--signers", str), ("--role", str), ("--number", int)):
        parser.add_argument(name, type=kind)
    wish = parser.parse_args()
    report = Path(wish.report).read_bytes()
    header = report.decode().split("\n---\n")[0]
    path, pinned = re.search(r"\nrecord:\n  path: (\S+)\n  sha256: ([0-9a-f]{64})\n", header + "\n").groups()
    run, text = Path(path).parent, Path(path).read_bytes()
    check(digest(text) == pinned, "the record has another digest than the report says")
    record = fold(*read_journal(run / "journal.jsonl"))
    check(canonical(record) + b"\n" == text, "the journal gives another record")
    check(digest(canonical(record["plan"])) == record["planSha256"], "the plan has another digest")
    for one in record["artefacts"]:
        file = run / one["path"]
        check(not file.exists() or digest(file.read_bytes()) == one["sha256"], f"{one['path']} has another digest")
    journal, sealed = ((run / name).read_bytes() for name in ("journal.jsonl", "seal.json"))
    envelope = json.loads(sealed)
    check(canonical(envelope) + b"\n" == sealed, "the seal is not in canonical form")
    check(set(envelope) == {"payload", "payloadType", "signatures"}, "the seal is no envelope")
    check(all(set(one) == {"keyid", "sig"} for one in envelope["signatures"]), "the seal's signatures are none")
    check(envelope["payloadType"] == TYPE, "the seal's payload is of another type")
    payload = base64.b64decode(envelope["payload"], validate=True)
    check(base64.b64encode(payload).decode() == envelope["payload"], "the seal's base64 is not in canonical form")
    files = {"journal.jsonl": digest(journal), "record.json": digest(text), "report.md": digest(report)}
    check(payload == canonical(statement(record, files)), "the seal says something else than the files")
    trusted = Path(wish.signers).read_text() if wish.signers else ""
    lines = [line for line in trusted.splitlines() if line.strip() and not line.startswith("#")]
    signers = [one for one in (usable(line, datetime.now(timezone.utc)) for line in lines) if one]
    found = [signed_by(one, payload, signers) for one in envelope["signatures"]]
    unheld = "a signature of the seal does not hold" if wish.signers else "the seal is signed, and no --signers were named"
    check(None not in found, unheld)
    check((b"\nkind: execution-report\n" in report) == (record["mode"] == "run"), "the report is of another kind than its record")
    if wish.role and record["mode"] == "run":
        role = set(wish.role.split(","))
        counted = [(names & role, key) for names, key in filter(None, found) if names & role]
        people = {names_of_person(name, lines) for names, _ in counted for name in names}
        check(min(len(people), len({key for _, key in counted})) >= (wish.number or 1), "a signature is missing")

try:
    main()
except Exception as error:  # Whatever cannot be read is not verified.
    problems.append(f"{type(error).__name__}: {error}")
print("\n".join(problems) or "verified")
sys.exit(1 if problems else 0)
