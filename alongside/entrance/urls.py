"""Addresses of the entrance. The names beginning with `account_`, `mfa_` and `openid_` are those django-allauth asks for."""

from __future__ import annotations

from django.urls import path

from alongside.entrance import own, users, views

urlpatterns = [
    path("sign-in/", views.sign_in, name="login"),
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-out/", views.sign_out, name="logout"),
    path("sign-in/code/", views.second_step, name="mfa_authenticate"),
    path("sign-in/passkey/", views.sign_in_by_passkey, name="mfa_login_webauthn"),
    path("sign-in/first/", views.first_time, name="first_time"),
    path("sign-in/again/", views.again, name="mfa_reauthenticate"),
    path("sign-in/again/passkey/", views.again_by_passkey, name="mfa_reauthenticate_webauthn"),
    path("sign-in/with/<str:provider_id>/", views.elsewhere, name="openid_connect_login"),
    path("sign-in/with/<str:provider_id>/back/", views.back_from_elsewhere, name="openid_connect_callback"),
    path("sign-in/set-up/", own.set_up, name="set_up"),
    path("sign-in/mine/", own.mine, name="mfa_index"),
    path("sign-in/mine/sessions/", own.end_others, name="end_other_sessions"),
    path("sign-in/mine/password/", own.password, name="choose_password"),
    path("sign-in/mine/generator/", own.add_generator, name="mfa_activate_totp"),
    path("sign-in/mine/generator/remove/", own.remove_generator, name="mfa_deactivate_totp"),
    path("sign-in/mine/passkey/", own.add_passkey, name="mfa_add_webauthn"),
    path("sign-in/mine/passkey/<int:pk>/remove/", own.remove_passkey, name="mfa_remove_webauthn"),
    path("sign-in/mine/codes/", own.recovery_codes, name="mfa_view_recovery_codes"),
    path("sign-in/mine/codes/new/", own.new_recovery_codes, name="mfa_generate_recovery_codes"),
    path("users/", users.users, name="users"),
    path("users/reviewed/", users.reviewed, name="users_reviewed"),
    path("add-user/", users.add, name="user_add"),
    path("users/<uuid:user_id>/", users.user, name="user"),
    path("users/<uuid:user_id>/suspend/", users.suspend, name="user_suspend"),
    path("users/<uuid:user_id>/restore/", users.restore, name="user_restore"),
    path("users/<uuid:user_id>/release/", users.release, name="user_release"),
    path("users/<uuid:user_id>/sessions/", users.sessions, name="user_sessions"),
    path("users/<uuid:user_id>/renew/", users.renew, name="user_renew"),
]
