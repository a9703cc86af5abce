"""Look up one study

Studies are found by their ids. Analyses of a study have records of their own that name it.
"""

study = kb.study("ino-vate")
print(study.name, study.kind, study.phase, study.registry)
for other in kb.studies():
    if study.id in other.analysis_of:
        print("analysed in", other.name, "-", other.kind)
