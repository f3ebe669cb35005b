"""Reads the exports of the catalogue with readers that are not ours, and sees that a broken export does not pass.

`check.py`, at the top of the repository: exports the built-in catalogue twice as DCAT and once as contracts, and reads it all
back. Ends with code 1 and the reasons if anything is wrong.
"""

import copy
import json
import subprocess
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

import pyshacl
import yaml
from jsonschema.validators import validator_for
from rdflib import Graph, Namespace
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, RDF, SKOS

MZ = Namespace("urn:minzheng:vocabulary:")
SHOWN = 5
failures = []


def expect(holds, what):
    if not holds:
        failures.append(what)
    return holds


def read(path):
    return Graph().parse(data=path.read_text(encoding="utf-8"), format="json-ld")


def conforms(graph, shapes):
    good, _, words = pyshacl.validate(graph, shacl_graph=shapes, inference="none", advanced=False)
    return good, words


def dataset(graph):
    return min(graph.subjects(RDF.type, DCAT.Dataset))


def without(predicate, of=dataset):
    def broken(graph):
        graph.remove((of(graph), predicate, None))

    return broken


def with_other(predicate, value):
    def broken(graph):
        graph.set((dataset(graph), predicate, value))

    return broken


def catalog(graph):
    return graph.value(predicate=RDF.type, object=DCAT.Catalog)


def check_dcat(one, two):
    graph = read(one)
    written = json.loads(one.read_text(encoding="utf-8"))["@graph"]
    expect(one.read_bytes() == two.read_bytes(), "two exports of one catalogue differ")
    expect(isomorphic(graph, read(two)), "two exports of one catalogue are different graphs")
    for name, of in (("dcat:Dataset", DCAT.Dataset), ("skos:Concept", SKOS.Concept), ("dct:Standard", DCTERMS.Standard)):
        expected = sum(node["@type"] == name for node in written)
        found = len(set(graph.subjects(RDF.type, of)))
        expect(found == expected > 0, f"{name}: {expected} written, {found} read")
    # read, written in another form and read again, it is the same graph
    again = Graph().parse(data=graph.serialize(format="turtle"), format="turtle")
    expect(isomorphic(graph, again), "the graph does not survive Turtle")
    shapes = Graph().parse(Path(__file__).with_name("shapes.ttl"), format="turtle")
    good, words = conforms(graph, shapes)
    expect(good, words)
    # a small graph breaks as a large one does: one dataset with what it names
    wrongs = {
        "a dataset without a title": without(DCTERMS.title),
        "a dataset without a publisher": without(DCTERMS.publisher),
        "a dataset without access rights": without(DCTERMS.accessRights),
        "a catalogue without a publisher": without(DCTERMS.publisher, catalog),
        "a frequency that is none": with_other(DCTERMS.accrualPeriodicity, MZ.often),
        "a grade that is none": with_other(MZ.grade, SKOS.Concept),
        "a theme that is none": with_other(DCAT.theme, MZ.nothing),
    }
    part = excerpt(graph)
    good, words = conforms(part, shapes)
    expect(good, f"the excerpt: {words}")
    for what, wrong in wrongs.items():
        broken = Graph() + part
        wrong(broken)
        expect(not conforms(broken, shapes)[0], f"the shapes let through {what}")
    datasets = set(graph.subjects(RDF.type, DCAT.Dataset))
    contracts = {str(node): str(graph.value(predicate=DCTERMS.conformsTo, object=node)) for node in graph.subjects(RDF.type, DCTERMS.Standard)}
    print(f"dcat: {len(graph)} triples, {len(datasets)} datasets, {len(wrongs)} broken exports refused")
    return contracts


def excerpt(graph):
    """The catalogue with its first dataset, and everything that these name."""
    out = Graph()
    first = dataset(graph)
    waiting = [catalog(graph)]
    met = set()
    while waiting:
        node = waiting.pop()
        if node in met:
            continue
        met.add(node)
        for triple in graph.triples((node, None, None)):
            if triple[1] == DCAT.dataset and triple[2] != first or triple[1] == DCTERMS.relation:
                continue
            out.add(triple)
            waiting.append(triple[2])
    return out


def check_odcs(folder, contracts):
    schema = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_text(encoding="utf-8"))
    kind = validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)
    paths = sorted(folder.glob("*.odcs.yaml"))
    fields = 0
    named = {}
    document = None
    for path in paths:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        for error in validator.iter_errors(document):
            where = "/".join(map(str, error.absolute_path))
            expect(False, f"{path.name}: {where}: {error.message[:200]}")
        properties = document["schema"][0]["properties"]
        fields += len(properties)
        own = {entry["property"]: entry["value"] for entry in document["customProperties"]}
        named[document["id"]] = own["minzhengDataset"]
        texts = [entry["value"] for p in properties for entry in p["customProperties"] if entry["property"] == "minzhengType"]
        expect(len(texts) == len(properties) and all(isinstance(t, str) for t in texts), f"{path.name}: a type is no text")
    expect(named == contracts, "the contracts and what the datasets conform to differ")
    wrongs = {
        "no id": lambda d: d.pop("id"),
        "an unknown key": lambda d: d.update(colour="red"),
        "a field without a name": lambda d: d["schema"][0]["properties"][0].pop("name"),
        "a logical type that is none": lambda d: d["schema"][0]["properties"][0].update(logicalType="money"),
        "a version that is a number": lambda d: d.update(version=2026.1),
    }
    for what, wrong in wrongs.items():
        broken = copy.deepcopy(document)
        wrong(broken)
        expect(not validator.is_valid(broken), f"the schema lets through {what}")
    print(f"odcs: {len(paths)} contracts, {fields} fields, {len(wrongs)} broken contracts refused")


def export(form, out):
    command = ["cargo", "run", "--quiet", "--package", "minzheng-cli", "--", "catalog", "export", "--format", form, "--out", str(out)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return out


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        contracts = check_dcat(export("dcat", folder / "one.jsonld"), export("dcat", folder / "two.jsonld"))
        check_odcs(export("odcs", folder / "contracts"), contracts)
    for failure in failures[:SHOWN]:
        print(failure, file=sys.stderr)
    if len(failures) > SHOWN:
        print(f"and {len(failures) - SHOWN} more", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
