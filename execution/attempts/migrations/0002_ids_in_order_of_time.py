from django.db import migrations, models

import kernel.ids


class Migration(migrations.Migration):
    """Python makes these ids, so that there is nothing to do in the database; SQLite would copy the table."""

    dependencies = [
        ("attempts", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="atomretryhistory",
                    name="retry_id",
                    field=models.UUIDField(
                        default=kernel.ids.ordered_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ]
        ),
    ]
