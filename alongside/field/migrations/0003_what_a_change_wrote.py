from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('field', '0002_what_ends_a_phone_and_both_answers'),
    ]

    operations = [
        migrations.AddField(model_name='change', name='field', field=models.CharField(blank=True, max_length=20)),
        migrations.AddField(model_name='change', name='became', field=models.CharField(blank=True, max_length=12)),
    ]
