from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_program_state")]
    operations = [
        migrations.AddField("program", "privacy_contact", models.CharField(blank=True, max_length=200)),
        migrations.AddField("program", "counsel_contact", models.CharField(blank=True, max_length=200)),
    ]
