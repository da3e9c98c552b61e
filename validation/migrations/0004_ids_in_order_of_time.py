from django.db import migrations, models

import kernel.ids


class Migration(migrations.Migration):
    """Python makes these ids, so that there is nothing to do in the database; SQLite would copy the table."""

    dependencies = [
        ("validation", "0003_recorded_calls"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="validationresult",
                    name="validation_id",
                    field=models.UUIDField(
                        default=kernel.ids.ordered_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ]
        ),
    ]
