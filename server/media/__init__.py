"""Images and recordings: conversion in a separate process, storage by digest, purging after withdrawal."""
