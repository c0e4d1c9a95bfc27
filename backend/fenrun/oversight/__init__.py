"""Compliance that acts by itself: partners, customers and requests are judged when they change; months are reported."""
