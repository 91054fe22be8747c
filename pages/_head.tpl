{{! The beginning of every page, up to its <title>. Pages itself puts in LANG, DIR and STYLE_URL.
A page includes _head, writes <title> and <meta name="description">, includes _top, writes what stands in <main>,
and includes _foot. }}
<!doctype html>
<html lang="{{LANG}}" dir="{{DIR}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#0b3f3a">
<link rel="stylesheet" href="{{STYLE_URL}}">
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
