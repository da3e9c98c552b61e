"""With what arguments tests called the functions of the drafts, beside the suite that recorded it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("validation", "0002_jobs")]

    operations = [migrations.AddField("suiterun", "calls", models.BinaryField(default=bytes))]
