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
    lines, prev = [], "0" * 64
    data = path.read_bytes()
    check(data.endswith(b"\n"), "the journal's last line is not complete")
    for number, text in enumerate(data.split(b"\n")[:-1], 1):
        line = json.loads(text)
        check(line["seq"] == number and line["prev"] == prev, f"journal: line {number} does not follow")
        prev = digest(text)
        lines.append(line)
    return lines, prev

def bare(line):
    return None if line is None else {key: line[key] for key in line if key not in ("seq", "at", "prev", "type")}

def last(items):
    return items[-1] if items else None

def fold(lines, head):
    """The record that a journal gives."""
    def only(kind, after=0):
        return [line for line in lines if line["type"] == kind and line["seq"] > after]

    def timed(kind):
        return [{**bare(line), "at": line["at"]} for line in only(kind)]

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
        refused = own("statement-refused")
        return {"unit": unit, "startedAt": begun["at"], "endedAt": end.get("at"), "xid": begun["xid"],
                "ledger": begun["ledger"], "statements": [bare(line) for line in own("statement-executed")],
                "refused": bare(refused[0] if refused else None), "tag": end.get("tag"),
                "outcome": end.get("outcome", "unknown"), "decidedBy": end.get("decidedBy")}

    start = lines[0]
    end = lines[-1] if lines[-1]["type"] == "run-finished" else {}
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

def usable(line, now):
    """The person, type, key and text of a line of allowed_signers that lets one person sign runs now; else None."""
    words = re.findall(r'(?:"[^"]*"|[^\s"])+', line)
    options = [] if words[1].startswith(("ssh-", "ecdsa-", "sk-")) else re.findall(r'(?:"[^"]*"|[^",])+', words.pop(1))
    person, kind, key = words[:3]
    for option in options:
        name, _, value = option.replace('"', "").partition("=")
        if name in ("valid-after", "valid-before"):
            time = datetime.strptime(value.rstrip("Z").ljust(14, "0"), "%Y%m%d%H%M%S")
            time = time.replace(tzinfo=timezone.utc) if value.endswith("Z") else time.astimezone()
            if (now < time) == (name == "valid-after"):
                return None
        elif name != "namespaces" or "probatum-run" not in value.split(","):
            return None
    return None if re.search(r'[*?!,"]', person) else (person, kind, base64.b64decode(key), line)

def armoured(sig):
    """Whether a signature of OpenSSH is in the one form that ssh-keygen gives it."""
    body = base64.b64encode(base64.b64decode("".join(sig.decode().split("\n")[1:-2]))).decode()
    lines = "\n".join(re.findall(".{1,70}", body))
    return sig == f"-----BEGIN SSH SIGNATURE-----\n{lines}\n-----END SSH SIGNATURE-----\n".encode()

def signed_by(signature, payload, signers):
    """The person whose signature it is, with the key; None where it is nobody's."""
    sig = base64.b64decode(signature["sig"], validate=True)
    signed = b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(payload), payload)
    with tempfile.TemporaryDirectory() as folder:
        def file(name, data):
            Path(folder, name).write_bytes(data)
            return str(Path(folder, name))

        for person, kind, key, line in signers:
            fingerprint = base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")
            command = ["ssh-keygen", "-Y", "verify", "-f", file("signers", line.encode()), "-I", person, "-n", "probatum-run"]
            command += ["-s", file("sig", sig)]
            if len(sig) == 64:
                spki = bytes.fromhex("302a300506032b6570032100") + key[-32:]
                command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", file("key", spki), "-rawin"]
                command += ["-in", file("signed", signed), "-sigfile", file("sig", sig)]
            fits = kind == "ssh-ed25519" if len(sig) == 64 else armoured(sig)
            if fits and signature["keyid"] == f"SHA256:{fingerprint}":
                if subprocess.run(command, input=signed, capture_output=True).returncode == 0:
                    return person, fingerprint
    return None

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
    sealed = (run / "seal.json").read_bytes()
    envelope = json.loads(sealed)
    check(canonical(envelope) + b"\n" == sealed, "the seal is not in canonical form")
    check(set(envelope) == {"payload", "payloadType", "signatures"}, "the seal is no envelope")
    check(all(set(one) == {"keyid", "sig"} for one in envelope["signatures"]), "the seal's signatures are none")
    check(envelope["payloadType"] == TYPE, "the seal's payload is of another type")
    payload = base64.b64decode(envelope["payload"], validate=True)
    check(base64.b64encode(payload).decode() == envelope["payload"], "the seal's base64 is not in canonical form")
    journal = digest((run / "journal.jsonl").read_bytes())
    files = {"journal.jsonl": journal, "record.json": digest(text), "report.md": digest(report)}
    check(payload == canonical(statement(record, files)), "the seal says something else than the files")
    lines, now = Path(wish.signers).read_text().splitlines() if wish.signers else [], datetime.now(timezone.utc)
    signers = [usable(line, now) for line in lines if line.strip() and not line.startswith("#")]
    found = [signed_by(one, payload, [signer for signer in signers if signer]) for one in envelope["signatures"]]
    check(None not in found, "a signature of the seal does not hold")
    check((b"\nkind: execution-report\n" in report) == (record["mode"] == "run"), "the report is of another kind than its record")
    if wish.role and record["mode"] == "run":
        counted = [one for one in found if one and one[0] in wish.role.split(",")]
        people, keys = {person for person, _ in counted}, {key for _, key in counted}
        check(min(len(people), len(keys)) >= (wish.number or 1), "a signature is missing")

try:
    main()
except Exception as error:  # Whatever cannot be read is not verified.
    problems.append(f"{type(error).__name__}: {error}")
print("\n".join(problems) or "verified")
sys.exit(1 if problems else 0)
