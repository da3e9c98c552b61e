from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("execution", "0005_events_in_order"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="runatom",
            name="idx_run_atom_ready",
        ),
        migrations.AddIndex(
            model_name="runatom",
            index=models.Index(
                condition=models.Q(("status", "ready")),
                fields=["run", "stage", "-priority", "position"],
                name="idx_run_atom_ready",
            ),
        ),
    ]
