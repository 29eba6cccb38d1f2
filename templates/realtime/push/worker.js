{% load static %}importScripts("{% static 'js/push-worker.js' %}");
