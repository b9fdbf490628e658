"""Files and folders as strangers have them, and text from them: read with care, named whatever their bytes.

folders, names   which files a folder holds; names of any length and bytes as text
atomic_write     files that are whole or not there
document         YAML and JSON within bounds; quote: a stranger's text in one of our lines
user             where caches are, also for a user without an account
"""
