"""Addresses of the desk."""

from __future__ import annotations

from django.urls import path

from alongside.desk import agreeing, arranging, beds, driving, finding, going, helping, matching, partner, views, work

app_name = "desk"
urlpatterns = [
    path("today/", views.today, name="today"),
    path("cases/<uuid:case_id>/", views.case, name="case"),
    path("cases/<uuid:case_id>/attempt/", work.attempt, name="attempt"),
    path("cases/<uuid:case_id>/team/", work.assign, name="assign"),
    path("cases/<uuid:case_id>/today/", helping.today, name="help"),
    path("cases/<uuid:case_id>/answers/", helping.waiting, name="waiting"),
    path("cases/<uuid:case_id>/need/", arranging.need, name="need"),
    path("cases/<uuid:case_id>/follow-up/", work.plan, name="plan"),
    path("cases/<uuid:case_id>/follow-up/<uuid:follow_up_id>/done/", work.followed, name="followed"),
    path("cases/<uuid:case_id>/wishes/", work.wishes, name="wishes"),
    path("cases/<uuid:case_id>/close/", work.close, name="close"),
    path("cases/<uuid:case_id>/move/", work.move, name="move"),
    path("cases/<uuid:case_id>/agreements/", agreeing.agree, name="agree"),
    path("cases/<uuid:case_id>/agreements/<uuid:consent_id>/", agreeing.take_back, name="take_back"),
    path("cases/<uuid:case_id>/agreements/<uuid:consent_id>/copy/", agreeing.copy, name="agreement_copy"),
    path("cases/<uuid:case_id>/shared/", agreeing.shared, name="shared"),
    path("cases/<uuid:case_id>/emergency/", agreeing.emergency, name="emergency"),
    path("needs/<uuid:need_id>/refer/", arranging.arrange, name="refer"),
    path("needs/<uuid:need_id>/met/", arranging.met, name="met"),
    path("needs/<uuid:need_id>/kits/", helping.give, name="give"),
    path("needs/<uuid:need_id>/ride/", driving.ride, name="ride"),
    path("rides/<uuid:ride_id>/step/", driving.step, name="ride_step"),
    path("referrals/<uuid:referral_id>/said/", helping.said, name="said"),
    path("referrals/<uuid:referral_id>/helped/", helping.helped, name="helped"),
    path("beds/", beds.board, name="beds"),
    path("beds/number/", beds.count, name="count"),
    path("beds/ask/", beds.ask_numbers, name="ask_numbers"),
    path("beds/keep/", beds.keep, name="keep"),
    path("beds/kept/<uuid:bed_hold_id>/", beds.hold, name="hold"),
    path("cards/", driving.cards, name="cards"),
    path("cases/<uuid:case_id>/door/", work.door, name="door"),
    path("cases/<uuid:case_id>/i-know-them/", work.know, name="know"),
    path("cases/<uuid:case_id>/out/", going.out, name="out"),
    path("cases/<uuid:case_id>/place/", going.place, name="place"),
    path("outings/<uuid:outing_id>/back/", going.back, name="back"),
    path("people/find/", finding.find, name="find"),
    path("people/<uuid:person_id>/", views.person, name="person"),
    path("matches/", matching.matches, name="matches"),
    path("matches/decided/", matching.joined, name="joined"),
    path("matches/decided/<uuid:merge_id>/", matching.take_apart, name="take_apart"),
    path("matches/<uuid:match_id>/again/", matching.again, name="again"),
    path("matches/<uuid:match_id>/", matching.decide, name="decide"),
    path("referrals/", partner.inbox, name="inbox"),
    path("referrals/card/", driving.card_back, name="card_back"),
    path("referrals/<uuid:referral_id>/answer/", partner.answer, name="answer"),
    path("referrals/<uuid:referral_id>/packet/", partner.packet, name="packet"),
    path("referrals/<uuid:referral_id>/pass-on/", partner.pass_on, name="pass_on"),
]
