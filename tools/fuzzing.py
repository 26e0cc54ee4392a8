"""What Schemathesis is told by tools/fuzz.mjs: who calls, which ids are real, and which of its complaints are none."""

import atexit
import itertools
import json
import os
import random
import re
import threading

import schemathesis

TOKENS, COUNTS = os.environ["RECOURSE_FUZZ_TOKENS"], os.environ["RECOURSE_FUZZ_COUNTS"]
chance = random.Random(int(os.environ.get("RECOURSE_FUZZ_SEED", "1")))
lock = threading.Lock()

# Who calls: each operation names its roles, and they take turns. The tool writes new tokens before the old ones end.
turn = itertools.count()
held = {"written": 0, "tokens": {}}


def tokens():
    written = os.stat(TOKENS).st_mtime_ns
    if written != held["written"]:
        with open(TOKENS, encoding="utf8") as file:
            held.update(written=written, tokens=json.load(file))
    return held["tokens"]


@schemathesis.auth(refresh_interval=None)
class EachRoleInTurn:
    def get(self, case, context):
        roles = context.operation.definition.raw.get("x-roles")
        return tokens()[roles[next(turn) % len(roles)]] if roles else None

    def set(self, case, data, context):
        if data:
            case.headers["Authorization"] = f"Bearer {data}"


# Which ids are real: whatever an answer names is remembered under its noun, and asked for in half of the requests that are meant well.
with open(os.environ["RECOURSE_FUZZ_KNOWN"], encoding="utf8") as file:
    known = json.load(file)
COMMON = {"complaintId": "complaints", "caseId": "cases"}
# Whoever closes the platform that the tokens are of has nothing left to fuzz.
LEFT_ALONE = {"tenants"}


def remember(noun, value):
    if isinstance(value, str) and 0 < len(value) <= 64 and noun not in LEFT_ALONE:
        ids = known.setdefault(noun, [])
        if value not in ids:
            ids.append(value)
            del ids[:-50]


def harvest(node, noun):
    if isinstance(node, list):
        for one in node:
            harvest(one, noun)
    elif isinstance(node, dict):
        if noun:
            remember(noun, node.get("id"))
        for name, value in node.items():
            if isinstance(value, str) and name.endswith("Id"):
                remember(COMMON.get(name, name[:-2] + "s"), value)
            elif isinstance(value, (dict, list)):
                harvest(value, noun if name == "items" else name)


def noun_of(path):
    words = [part for part in path.split("?")[0].split("/") if part and not part.startswith("{")]
    return words[-1] if words else None


def place_of(template, name):
    parts = template.strip("/").split("/")
    at = parts.index("{" + name + "}")
    return parts[at - 1]


def means_well(case):
    meta = getattr(case, "meta", None)
    return meta is not None and str(getattr(meta.generation.mode, "value", meta.generation.mode)) == "positive"


@schemathesis.hook
def before_call(context, case, kwargs):
    if not means_well(case):
        return
    with lock:
        for name in list(case.path_parameters or {}):
            ids = known.get(place_of(case.operation.path, name))
            if ids and chance.random() < 0.5:
                case.path_parameters[name] = chance.choice(ids)
        # Waiting for what will never come is well meant and very slow.
        if case.query and str(case.query.get("wait", "")).isdigit():
            case.query["wait"] = 0


counted = {"requests": 0}


@schemathesis.hook
def after_call(context, case, response):
    with lock:
        counted["requests"] += 1
        kind = str(response.status_code)
        counted[kind] = counted.get(kind, 0) + 1
        if response.status_code < 300 and "json" in (response.headers.get("content-type") or [""])[0]:
            try:
                harvest(response.json(), noun_of(case.operation.path))
            except ValueError:
                pass


@atexit.register
def write_counts():
    with open(COUNTS, "w", encoding="utf8") as file:
        json.dump(counted, file)


# Which complaints are none, each with its reason. tools/fuzz.mjs --help shows them.
EXCUSED = json.loads(os.environ["RECOURSE_FUZZ_EXCUSED"])


def codes_of(response):
    try:
        problem = response.json()
    except ValueError:
        return set()
    return {problem.get("code"), *(error.get("code") for error in problem.get("errors", []))} - {"request-invalid", None}


@schemathesis.hook
def filter_failure(context, failure, case, response):
    kind = type(failure).__name__
    for excuse in EXCUSED:
        if excuse["complaint"] != kind:
            continue
        if "codes" in excuse:
            codes = codes_of(response)
            if codes and codes <= set(excuse["codes"]):
                return False
        elif "path" not in excuse or re.search(excuse["path"], case.operation.path):
            return False
    return True
