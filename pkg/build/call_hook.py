"""Calls one hook of a build back end: call_hook.py REQUEST.json, the answer goes to the file it names."""
import importlib
import json
import os
import site
import sys


def main(request_path):
    with open(request_path, encoding="utf-8") as file:
        request = json.load(file)
    for folder in request["site"]:
        site.addsitedir(folder)
    sys.path[:0] = [os.path.join(os.getcwd(), path) for path in request["backend_path"]]
    sys.argv[1:] = []
    module, _, attributes = request["backend"].partition(":")
    backend = importlib.import_module(module)
    for name in filter(None, attributes.split(".")):
        backend = getattr(backend, name)
    hook = getattr(backend, request["hook"], None)
    answer = {"missing": True} if hook is None else {"result": hook(*request["arguments"])}
    with open(request["answer"], "w", encoding="utf-8") as file:
        json.dump(answer, file)


main(sys.argv[1])
