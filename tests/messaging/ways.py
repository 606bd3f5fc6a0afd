"""One device, and the settings for one way of sending."""

DEVICE = {
    "endpoint": "https://updates.push.services.mozilla.com/wpush/v2/made-up",
    "p256dh": "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
    "auth": "tBHItJI5svbpez7KI4CCXg",
}


def configured(settings, way):
    settings.MAIL_URL = "smtp://mail.example" if way == "email" else ""
    settings.SMS_URL = "json://sms.example/{number}" if way == "sms" else ""
