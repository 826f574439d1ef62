"""The runs of playbooks that pages show: found, converted, linked; or a place-holder, and the build fails."""

from faultbook.catalogue.model import PLAYBOOKS, Playbook, Sample
from faultbook.catalogue.places import in_order
from faultbook.playbooks import notebook as notebooks
from faultbook.playbooks import runs
from faultbook.render import notebook as converted
from faultbook.render.html import tag, text
from faultbook.render.links import line_id, resolved_in_notebook
from faultbook.render.site import Place

NOT_SHOWN = "The run of this playbook is not shown: it is older than the notebook or the sample."


def shown_run(place: Place) -> str:
    """What stands under "Playbook" on the page of a failure mode or checklist; '' where it has none to show."""
    noun, ident = place.noun_and_id
    run = runs.shown_on(place.site.catalogue, place.site.records(noun)[ident])
    if run is None:
        return ""
    playbook = place.site.catalogue.playbooks[run.playbook]
    sample = place.site.catalogue.samples[run.sample]
    about = f"{place.link('playbooks', playbook.id)}, run on the sample {place.sample_link(sample.id)}:"
    return tag("p", about) + _run(playbook, sample, place)


def own_page(place: Place) -> str:
    """The page of a playbook below its card: the command, then the notebook with the outputs it was committed with."""
    playbook = place.site.catalogue.playbooks[place.noun_and_id[1]]
    notebook = notebooks.read(place.site.root / PLAYBOOKS / f"{playbook.id}.ipynb")
    sample = place.site.catalogue.samples.get(playbook.default_sample)
    stamp = notebook["metadata"].get("faultbook", {}).get("stamp")
    if sample is None or stamp != runs.stamp(place.site.root, notebook, sample.id):
        place.warn("its outputs are older than its code or its sample; `make bless` executes it")
        return tag("p", NOT_SHOWN)
    page = _linked(converted.fragment(notebook), notebook, playbook, sample, place)
    return tag("div", converted.own_command(command(playbook, sample)) + page, class_="fb-notebook")


def command(playbook: Playbook, sample: Sample) -> str:
    """What a reader types to run a playbook on logs named like those of the sample, the needed one first."""
    names = in_order(playbook, runs.arguments(playbook, sample))
    return " ".join(["faultbook run", playbook.id, *names])


def _run(playbook: Playbook, sample: Sample, place: Place) -> str:
    try:
        notebook = runs.stored(place.site.root, playbook.id, sample.id)
    except runs.Stale as stale:
        place.warn(str(stale))
        return tag("p", text(NOT_SHOWN))
    page = converted.embedded(notebook, command(playbook, sample))
    return _linked(page, notebook, playbook, sample, place)


def _linked(page: str, notebook: notebooks.Notebook, playbook: Playbook, sample: Sample, place: Place) -> str:
    """A converted notebook with the links its author wrote and those its verdict names."""
    page = resolved_in_notebook(page, place, f"{PLAYBOOKS}/{playbook.id.split('/')[0]}")
    names = {file.name for file in sample.files}
    return converted.linked_verdict(
        page,
        notebook,
        lambda failure: None if place.noun_and_id == ("failures", failure) else place.to("failures", failure),
        lambda name, line: place.to("samples", sample.id, line_id(name, line)) if name in names else None,
    )
