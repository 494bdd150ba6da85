from django.db import migrations, models


class Migration(migrations.Migration):
    """Nullable columns without a default: nothing is rewritten. Rows are filled when their input is seen next."""

    dependencies = [("annotator", "0017_labels_by_time")]

    operations = [
        migrations.AddField(model_name="placedinput", name="bands", field=models.BinaryField(null=True)),
        migrations.AddField(model_name="placedinput", name="sketch", field=models.BinaryField(null=True)),
    ]
