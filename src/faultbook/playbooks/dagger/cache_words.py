"""What the playbook on cache misses says of a run, in sentences."""

from faultbook.playbooks.dagger.cache_rows import Row, fate
from faultbook.playbooks.dagger.cache_runs import PipelineRun, label
from faultbook.playbooks.dagger.cache_why import Pipeline, Reason, age

_ENDS = {
    "failed": " The run failed.",
    "cancelled": " The run was cancelled.",
    "cut": " The log stops before the run ends.",
    "unknown": " The log does not show how the run ended.",
    "passed": "",
}


def sentence(pipeline: Pipeline, run: PipelineRun) -> str:
    """What one run tells, compared with the runs of its pipeline before it."""
    return f"Run {run.number} ({run.name}): {_finding(pipeline, run)}.{_ENDS[run.run.outcome]}"


def reason(pipeline: Pipeline, run: PipelineRun, row: Row) -> str:
    """Why `row` is the first that ran in `run`."""
    old = compared_with(pipeline, run, row)
    if old:
        return Reason(pipeline, run, row, old).in_words()
    return "no run before it has this step" if pipeline.earlier(run) else "no run before it in these logs"


def compared_with(pipeline: Pipeline, run: PipelineRun, row: Row) -> PipelineRun | None:
    """The last run before `run` that has the step."""
    return next((one for one in reversed(pipeline.earlier(run)) if one.number in row.steps), None)


def each_time_words(pipeline: Pipeline) -> str | None:
    """Which steps ran in every run and tell nothing by that: all that can be is CACHED in one of these runs."""
    good = [run for run in pipeline.runs if run.run.outcome == "passed"]
    whole = {run.number for run in good if pipeline.counted(run)[0] and pipeline.first_that_ran(run) is None}
    rows = [row for row in pipeline.each_time if whole & row.steps.keys()]
    names = sorted({label(row.latest).split(" ", 2)[2] for row in rows})
    if not names:
        return None
    return f"{', '.join(names)}: in no run CACHED, also where all else is. That is no miss."


def _finding(pipeline: Pipeline, run: PipelineRun) -> str:
    cached, all_steps = pipeline.counted(run)
    if not run.calls:
        return "it shows no call of a pipeline"
    if not all_steps:
        return "it shows no step that could be CACHED"
    first = pipeline.first_that_ran(run)
    if first is None:
        return f"all that can be is CACHED ({all_steps} {'steps' if all_steps > 1 else 'step'}){_source(pipeline, run)}"
    step = first.steps[run.number]
    if fate(run.run, step) == "not shown":
        return "this form of output does not say what is CACHED; --progress=plain does"
    if not pipeline.earlier(run):
        many = (
            f"{cached} of {all_steps} steps are CACHED, {label(step)} is the first that ran"
            if cached
            else "nothing is CACHED"
        )
        return f"{many}; no run before it to compare with"
    return f"{label(step)} is the first that ran{_again(pipeline, run, first)}: {reason(pipeline, run, first)}"


def _again(pipeline: Pipeline, run: PipelineRun, row: Row) -> str:
    return " again" if compared_with(pipeline, run, row) else ""


def _source(pipeline: Pipeline, run: PipelineRun) -> str:
    """Whose results they are."""
    made = pipeline.made_by(run)[:3]
    if not made:
        return ", made before these logs" if not pipeline.earlier(run) else ""
    return ", made by " + " or ".join(f"run {one.number} ({age(run, one)} before)" for one in made)
