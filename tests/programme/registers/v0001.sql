BEGIN TRANSACTION;
CREATE TABLE answers (
	school TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	person TEXT NOT NULL, 
	content TEXT NOT NULL, 
	PRIMARY KEY (school, digest, person), 
	FOREIGN KEY(school, digest) REFERENCES results (school, digest)
);
CREATE TABLE concerns (
	school TEXT NOT NULL, 
	about TEXT NOT NULL, 
	code TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	PRIMARY KEY (school, about, code, seq), 
	FOREIGN KEY(school, seq) REFERENCES journal (school, seq)
);
INSERT INTO "concerns" VALUES('north','person','S-3',1);
INSERT INTO "concerns" VALUES('north','person','T-2',1);
INSERT INTO "concerns" VALUES('north','person','S-2',1);
INSERT INTO "concerns" VALUES('north','person','S-1',1);
INSERT INTO "concerns" VALUES('north','person','T-1',1);
INSERT INTO "concerns" VALUES('north','person','S-3',2);
INSERT INTO "concerns" VALUES('north','person','T-2',2);
INSERT INTO "concerns" VALUES('north','person','S-2',2);
INSERT INTO "concerns" VALUES('north','person','S-1',2);
INSERT INTO "concerns" VALUES('north','pair','P1',2);
INSERT INTO "concerns" VALUES('north','person','T-1',2);
INSERT INTO "concerns" VALUES('north','pair','G1',2);
INSERT INTO "concerns" VALUES('north','person','S-3',3);
INSERT INTO "concerns" VALUES('north','person','T-2',3);
INSERT INTO "concerns" VALUES('north','person','S-2',3);
INSERT INTO "concerns" VALUES('north','person','S-1',3);
INSERT INTO "concerns" VALUES('north','pair','P1',3);
INSERT INTO "concerns" VALUES('north','person','T-1',3);
INSERT INTO "concerns" VALUES('north','pair','G1',3);
INSERT INTO "concerns" VALUES('north','person','S-3',4);
INSERT INTO "concerns" VALUES('north','person','T-2',4);
INSERT INTO "concerns" VALUES('north','person','S-2',4);
INSERT INTO "concerns" VALUES('north','person','S-1',4);
INSERT INTO "concerns" VALUES('north','pair','P1',4);
INSERT INTO "concerns" VALUES('north','person','T-1',4);
INSERT INTO "concerns" VALUES('north','pair','G1',4);
INSERT INTO "concerns" VALUES('north','person','S-1',5);
INSERT INTO "concerns" VALUES('north','person','S-3',6);
INSERT INTO "concerns" VALUES('north','person','S-3',7);
CREATE TABLE counts (
	school TEXT NOT NULL, 
	what TEXT NOT NULL, 
	n INTEGER NOT NULL, 
	PRIMARY KEY (school, what), 
	FOREIGN KEY(school) REFERENCES schools (school)
);
INSERT INTO "counts" VALUES('north','people',5);
INSERT INTO "counts" VALUES('north','pairs.running',2);
INSERT INTO "counts" VALUES('north','stages.none',2);
INSERT INTO "counts" VALUES('north','plans.none',2);
CREATE TABLE due (
	school TEXT NOT NULL, 
	what TEXT NOT NULL, 
	day TEXT NOT NULL, 
	n INTEGER NOT NULL, 
	PRIMARY KEY (school, what, day), 
	FOREIGN KEY(school) REFERENCES schools (school)
);
CREATE TABLE journal (
	school TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	zone INTEGER NOT NULL, 
	author TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	content TEXT NOT NULL, 
	digest BLOB, 
	previous BLOB NOT NULL, 
	hash BLOB NOT NULL, 
	PRIMARY KEY (school, seq), 
	FOREIGN KEY(school) REFERENCES schools (school)
);
INSERT INTO "journal" VALUES('north',1,'2025-10-01T06:00:00.000000+00:00',180,'curator','enrolled','{"fact":"enrolled","on":"2025-09-01","people":[{"kind":"teacher","person":"T-1","roles":["mentor"]},{"kind":"teacher","person":"T-2","roles":["mentor"]},{"kind":"student","person":"S-1","roles":["mentee"]},{"kind":"student","person":"S-2","roles":["mentee"]},{"kind":"student","person":"S-3","roles":["mentee"]}]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',X'5F4048C3A9919F3F22809B7E2FDA96AECDFF68AB5BBC3A53E3B853BAFCC50478');
INSERT INTO "journal" VALUES('north',2,'2025-10-01T06:00:00.000000+00:00',180,'curator','round_made','{"fact":"round_made","inputs":"0000000000000000000000000000000000000000000000000000000000000000","kept":[],"on":"2025-09-05","policy":"0000000000000000000000000000000000000000000000000000000000000000","proof":null,"proposals":[{"co_mentor":null,"form":"teacher_student","mentees":["S-1"],"mentor":"T-1","pair":"P1","points":700},{"co_mentor":null,"form":"project","mentees":["S-2","S-3"],"mentor":"T-2","pair":"G1","points":900}],"result":"0000000000000000000000000000000000000000000000000000000000000000","round":"R1","seed":null,"status":"optimal","unmatched":[],"versions":{}}',NULL,X'5F4048C3A9919F3F22809B7E2FDA96AECDFF68AB5BBC3A53E3B853BAFCC50478',X'803DD8A1BCE9700CD56DDCB6918F9774C38A1A3860755F7916EB605364BDA833');
INSERT INTO "journal" VALUES('north',3,'2025-10-01T06:00:00.000000+00:00',180,'curator','accepted','{"fact":"accepted","pairs":["P1","G1"]}',NULL,X'803DD8A1BCE9700CD56DDCB6918F9774C38A1A3860755F7916EB605364BDA833',X'C2D8F827F9C3A4E35CBB594361EC9C437F0DBD650AEC9F485CD7639F8B30B42D');
INSERT INTO "journal" VALUES('north',4,'2025-10-01T06:00:00.000000+00:00',180,'curator','ordered','{"ends":"2026-05-31","fact":"ordered","number":"179/1","on":"2025-09-10","pairs":["P1","G1"],"starts":"2025-09-10"}',NULL,X'C2D8F827F9C3A4E35CBB594361EC9C437F0DBD650AEC9F485CD7639F8B30B42D',X'1014FE6E1BBB376F1BB5ECEBF9C008D58BDA3CCEAB14CA9F026252472CC58BAF');
INSERT INTO "journal" VALUES('north',5,'2025-10-01T06:00:00.000000+00:00',180,'curator','interviewed','{"by":"curator","cleared":true,"fact":"interviewed","notes":null,"on":"2025-09-02","person":"S-1"}',X'AD9014748A5E5FBA6941708EE4381C50A2A8EF2C43A5A141AA67CD1C781B1CE2',X'1014FE6E1BBB376F1BB5ECEBF9C008D58BDA3CCEAB14CA9F026252472CC58BAF',X'EF77DDBFAE9481A9B6A2024EA37BE7F151BFBEE75D3D1D57F6B131CCAC0DF220');
INSERT INTO "journal" VALUES('north',6,'2025-10-01T06:00:00.000000+00:00',180,'curator','interviewed','{"by":"curator","cleared":true,"fact":"interviewed","notes":null,"on":"2025-09-02","person":"S-3"}',X'B6ED601809816EFEFA926677A652291D86971E1EA29C2B8FC637FEF435128976',X'EF77DDBFAE9481A9B6A2024EA37BE7F151BFBEE75D3D1D57F6B131CCAC0DF220',X'4EA090B1EDC4951F0E13F7B3BCD90CCCA1B421D5AB5EFDE9D5EE63967B166867');
INSERT INTO "journal" VALUES('north',7,'2025-10-01T06:00:00.000000+00:00',180,'curator','purged','{"before":null,"fact":"purged","on":"2025-10-01","people":["S-3"]}',NULL,X'4EA090B1EDC4951F0E13F7B3BCD90CCCA1B421D5AB5EFDE9D5EE63967B166867',X'664E4FC5F2A810C8BC2B616649D98EDE6BE3742AF754961D109349BFD993F610');
CREATE TABLE mentormatch_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT mentormatch_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "mentormatch_version" VALUES('0001');
CREATE TABLE private (
	school TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	salt BLOB NOT NULL, 
	content TEXT NOT NULL, 
	PRIMARY KEY (school, seq), 
	FOREIGN KEY(school, seq) REFERENCES journal (school, seq)
);
INSERT INTO "private" VALUES('north',5,X'7EE4AD6642830F54492D5032C3C36E119F2C8DACE6CA98D4859D7B34F5CD6B80','{"notes":"спокойна; calm"}');
CREATE TABLE results (
	school TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	at TEXT NOT NULL, 
	content BLOB NOT NULL, 
	people INTEGER, 
	form BLOB, 
	PRIMARY KEY (school, digest), 
	FOREIGN KEY(school) REFERENCES schools (school)
);
CREATE TABLE schools (
	school TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	hash BLOB NOT NULL, 
	PRIMARY KEY (school)
);
INSERT INTO "schools" VALUES('north',7,X'664E4FC5F2A810C8BC2B616649D98EDE6BE3742AF754961D109349BFD993F610');
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
COMMIT;
