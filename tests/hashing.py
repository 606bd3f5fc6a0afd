"""Argon2id as the program keeps passphrases, with a hundredth of the work: hundreds of tests sign somebody in."""

from django.contrib.auth import hashers


class Argon2PasswordHasher(hashers.Argon2PasswordHasher):
    time_cost = 1
    memory_cost = 1024
    parallelism = 1
