"""What a browser hands over when it is switched on."""

from __future__ import annotations

from django import forms


class DeviceForm(forms.Form):
    """Filled by the page's script with what the browser's push service said."""

    endpoint = forms.URLField(max_length=600, assume_scheme="https", widget=forms.HiddenInput)
    p256dh = forms.RegexField(r"^[A-Za-z0-9_-]{80,120}$", widget=forms.HiddenInput)
    auth = forms.RegexField(r"^[A-Za-z0-9_-]{16,40}$", widget=forms.HiddenInput)
