"""Stage ``validate``, what a run's units are, and how often its drivers were interrupted."""

from typing import Any

from django.db import migrations, models


def subtasks_of_the_mvp(apps: Any, schema_editor: Any) -> None:
    apps.get_model("execution", "ExecutionRun").objects.filter(mode="mvp").update(units="subtasks")


def ask_again(apps: Any, schema_editor: Any) -> None:
    """The ledger still has the reply, so that nothing is paid twice."""
    apps.get_model("execution", "RunAtom").objects.filter(stage="validate").update(stage="generate")


class Migration(migrations.Migration):
    dependencies = [("execution", "0002_run_details")]

    operations = [
        migrations.RemoveConstraint(model_name="runatom", name="run_atom_stage_known"),
        migrations.AddField(
            model_name="executionrun", name="interruptions", field=models.PositiveIntegerField(default=0)
        ),
        migrations.AddField(
            model_name="executionrun",
            name="units",
            field=models.CharField(
                choices=[("atoms", "Atoms"), ("subtasks", "Subtasks")], default="atoms", max_length=10
            ),
        ),
        migrations.RunPython(subtasks_of_the_mvp, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="runatom",
            constraint=models.CheckConstraint(
                condition=models.Q(("stage__in", ["draft", "generate", "validate"])), name="run_atom_stage_known"
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, ask_again),
    ]
