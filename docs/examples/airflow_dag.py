"""A night and what belongs to it, as a DAG of Airflow 2.4 or newer."""

import pendulum
from airflow import DAG
from airflow.operators.bash import BashOperator

with DAG(
    "remap_photos",
    schedule="10 1 * * *",
    start_date=pendulum.datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
) as dag:
    environment = {"REMAP_PROFILE": "/etc/remap/photos", "LC_ALL": "C.UTF-8"}
    # Status 1 (failed, or refused by the gate: what was live is still live) and 2 (wrong input) fail the task and want a
    # person. Whatever was killed goes on with the next start where it was.
    reindex = BashOperator(
        task_id="reindex",
        bash_command="/opt/remap/bin/remap reindex",
        env=environment,
        append_env=True,
        retries=0,
    )
    evaluate = BashOperator(
        task_id="evaluate",
        bash_command="/opt/remap/bin/remap evaluate --copies 100 --json",
        env=environment,
        append_env=True,
    )
    garbage = BashOperator(
        task_id="garbage",
        bash_command="/opt/remap/bin/remap gc --delete",
        env=environment,
        append_env=True,
    )
    reindex >> [evaluate, garbage]
