"""Stories the program must keep true, one folder per part; `repository` lists what the repository holds."""
