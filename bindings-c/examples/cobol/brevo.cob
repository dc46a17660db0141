      *> brevo-native for GnuCOBOL: subprograms around libbrevo that
      *> take and give COBOL's fields. The handles are in brevo.cpy.
      *>
      *> Texts may be fields of any length; spaces at their end are
      *> padding. Texts that are given are ISO 8859-1 and become UTF-8
      *> in BREVO-C-TEXT; where a program's own texts are UTF-8, leave
      *> that out. Texts of replies are UTF-8.
      *>
      *> How GnuCOBOL calls C, and what is done about it here:
      *> - CALL STATIC has the linker look for the name, so that a
      *>   library that is missing shows when the program is linked.
      *> - BY VALUE passes 32 bits of a number, whatever its size:
      *>   SIZE AUTO passes all. A NULL is passed by OMITTED.
      *> - RETURNING takes 32 bits of a number: identifiers, which
      *>   have 64, are read as text. Pointers are taken whole.
      *> - Without RETURNING the result goes into RETURN-CODE, which
      *>   ends as the exit status: results nobody needs go into
      *>   WS-IGNORED, and functions without one RETURN NOTHING.

      *> Makes a client with the settings of the environment.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. BREVO-OPEN.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  WS-ERROR                    USAGE POINTER.
       LINKAGE SECTION.
       01  LK-CLIENT                   USAGE POINTER.
       01  LK-ERROR                    PIC X ANY LENGTH.
       PROCEDURE DIVISION USING LK-CLIENT LK-ERROR.
           CALL STATIC "brevo_client_new"
               USING BY REFERENCE OMITTED WS-ERROR
               RETURNING LK-CLIENT.
           CALL "BREVO-TAKE-ERROR" USING WS-ERROR LK-ERROR.
           GOBACK.
       END PROGRAM BREVO-OPEN.

      *> Frees a client.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. BREVO-CLOSE.
       DATA DIVISION.
       LINKAGE SECTION.
       01  LK-CLIENT                   USAGE POINTER.
       PROCEDURE DIVISION USING LK-CLIENT.
           CALL STATIC "brevo_client_free" USING BY VALUE LK-CLIENT
               RETURNING NOTHING.
           SET LK-CLIENT TO NULL.
           GOBACK.
       END PROGRAM BREVO-CLOSE.

      *> Sets a text among the arguments, which are made where there
      *> are none yet. A blank field is left out.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. BREVO-SET.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  WS-POINTER                  PIC X(400).
       01  WS-TEXT                     PIC X(200001).
       01  WS-IGNORED                  BINARY-LONG.
       LINKAGE SECTION.
       01  LK-ARGS                     USAGE POINTER.
       01  LK-POINTER                  PIC X ANY LENGTH.
       01  LK-FIELD                    PIC X ANY LENGTH.
       PROCEDURE DIVISION USING LK-ARGS LK-POINTER LK-FIELD.
           CALL "BREVO-NEED" USING LK-ARGS.
           IF LK-FIELD NOT = SPACES
               CALL "BREVO-C-TEXT" USING LK-POINTER WS-POINTER
               CALL "BREVO-C-TEXT" USING LK-FIELD WS-TEXT
               CALL STATIC "brevo_args_set_string"
                   USING BY VALUE LK-ARGS
                         BY REFERENCE WS-POINTER WS-TEXT
                   RETURNING WS-IGNORED
           END-IF.
           GOBACK.
       END PROGRAM BREVO-SET.

      *> Sets a whole number.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. BREVO-SET-INTEGER.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  WS-POINTER                  PIC X(400).
       01  WS-IGNORED                  BINARY-LONG.
       LINKAGE SECTION.
       01  LK-ARGS                     USAGE POINTER.
       01  LK-POINTER                  PIC X ANY LENGTH.
       01  LK-NUMBER                   BINARY-DOUBLE.
       PROCEDURE DIVISION USING LK-ARGS LK-POINTER LK-NUMBER.
           CALL "BREVO-NEED" USING LK-ARGS.
           CALL "BREVO-C-TEXT" USING LK-POINTER WS-POINTER.
           CALL STATIC "brevo_args_set_int"
               USING BY VALUE LK-ARGS
                     BY REFERENCE WS-POINTER
                     BY VALUE SIZE AUTO LK-NUMBER
               RETURNING WS-IGNORED.
           GOBACK.
       END PROGRAM BREVO-SET-INTEGER.

      *> Sets a number with decimals, digit by digit: it is never made
      *> binary, so that no cent is lost.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. BREVO-SET-DECIMAL.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  WS-POINTER                  PIC X(400).
       01  WS-EDITED                   PIC -(12)9.9(6).
       01  WS-JSON                     PIC X(50).
       01  WS-IGNORED                  BINARY-LONG.
       LINKAGE SECTION.
       01  LK-ARGS                     USAGE POINTER.
       01  LK-POINTER                  PIC X ANY LENGTH.
       01  LK-NUMBER                   PIC S9(12)V9(6).
       PROCEDURE DIVISION USING LK-ARGS LK-POINTER LK-NUMBER.
           CALL "BREVO-NEED" USING LK-ARGS.
           CALL "BREVO-C-TEXT" USING LK-POINTER WS-POINTER.
           MOVE LK-NUMBER TO WS-EDITED.
           CALL "BREVO-C-TEXT" USING WS-EDITED WS-JSON.
           CALL STATIC "brevo_args_set_json"
               USING BY VALUE LK-ARGS
                     BY REFERENCE WS-POINTER WS-JSON
               RETURNING WS-IGNORED.
           GOBACK.
       END PROGRAM BREVO-SET-DECIMAL.

      *> Sets true, given Y, or false.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. BREVO-SET-FLAG.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  WS-POINTER                  PIC X(400).
       01  WS-FLAG                     BINARY-LONG.
       01  WS-IGNORED                  BINARY-LONG.
       LINKAGE SECTION.
       01  LK-ARGS                     USAGE POINTER.
       01  LK-POINTER                  PIC X ANY LENGTH.
       01  LK-FLAG                     PIC X.
       PROCEDURE DIVISION USING LK-ARGS LK-POINTER LK-FLAG.
           CALL "BREVO-NEED" USING LK-ARGS.
           CALL "BREVO-C-TEXT" USING LK-POINTER WS-POINTER.
           MOVE 0 TO WS-FLAG.
           IF LK-FLAG = "Y"
               MOVE 1 TO WS-FLAG
           END-IF.
           CALL STATIC "brevo_args_set_bool"
               USING BY VALUE LK-ARGS
                     BY REFERENCE WS-POINTER
                     BY VALUE WS-FLAG
               RETURNING WS-IGNORED.
           GOBACK.
       END PROGRAM BREVO-SET-FLAG.

      *> Calls an operation. Its arguments are freed, so that the next
      *> BREVO-SET begins anew. A reply that was there is freed first.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. BREVO-CALL.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  WS-OPERATION                PIC X(200).
       01  WS-ARGUMENTS                USAGE POINTER.
       01  WS-ERROR                    USAGE POINTER.
       LINKAGE SECTION.
       01  LK-CLIENT                   USAGE POINTER.
       01  LK-OPERATION                PIC X ANY LENGTH.
       01  LK-ARGS                     USAGE POINTER.
       01  LK-REPLY                    USAGE POINTER.
       01  LK-ERROR                    PIC X ANY LENGTH.
       PROCEDURE DIVISION
               USING LK-CLIENT LK-OPERATION LK-ARGS LK-REPLY LK-ERROR.
           CALL "BREVO-FREE" USING LK-REPLY.
           CALL "BREVO-NEED" USING LK-ARGS.
           CALL "BREVO-C-TEXT" USING LK-OPERATION WS-OPERATION.
           CALL STATIC "brevo_args_text" USING BY VALUE LK-ARGS
               RETURNING WS-ARGUMENTS.
           CALL STATIC "brevo_call"
               USING BY VALUE LK-CLIENT
                     BY REFERENCE WS-OPERATION
                     BY VALUE WS-ARGUMENTS
                     BY REFERENCE WS-ERROR
               RETURNING LK-REPLY.
           CALL "BREVO-FORGET" USING LK-ARGS.
           CALL "BREVO-TAKE-ERROR" USING WS-ERROR LK-ERROR.
           GOBACK.
       END PROGRAM BREVO-CALL.

      *> Carries out a job. As BREVO-CALL.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. BREVO-JOB.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  WS-JOB                      PIC X(200).
       01  WS-ARGUMENTS                USAGE POINTER.
       01  WS-ERROR                    USAGE POINTER.
       LINKAGE SECTION.
       01  LK-CLIENT                   USAGE POINTER.
       01  LK-JOB                      PIC X ANY LENGTH.
       01  LK-ARGS                     USAGE POINTER.
       01  LK-REPLY                    USAGE POINTER.
       01  LK-ERROR                    PIC X ANY LENGTH.
       PROCEDURE DIVISION
               USING LK-CLIENT LK-JOB LK-ARGS LK-REPLY LK-ERROR.
           CALL "BREVO-FREE" USING LK-REPLY.
           CALL "BREVO-NEED" USING LK-ARGS.
           CALL "BREVO-C-TEXT" USING LK-JOB WS-JOB.
           CALL STATIC "brevo_args_text" USING BY VALUE LK-ARGS
               RETURNING WS-ARGUMENTS.
           CALL STATIC "brevo_job"
               USING BY VALUE LK-CLIENT
                     BY REFERENCE WS-JOB
                     BY VALUE WS-ARGUMENTS
                     BY REFERENCE OMITTED OMITTED WS-ERROR
               RETURNING LK-REPLY.
           CALL "BREVO-FORGET" USING LK-ARGS.
           CALL "BREVO-TAKE-ERROR" USING WS-ERROR LK-ERROR.
           GOBACK.
       END PROGRAM BREVO-JOB.

      *> Prepares to read the pages of an operation that lists.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. BREVO-ITERATE.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  WS-OPERATION                PIC X(200).
       01  WS-ARGUMENTS                USAGE POINTER.
       01  WS-ERROR                    USAGE POINTER.
       LINKAGE SECTION.
       01  LK-CLIENT                   USAGE POINTER.
       01  LK-OPERATION                PIC X ANY LENGTH.
       01  LK-ARGS                     USAGE POINTER.
       01  LK-PAGES                    USAGE POINTER.
       01  LK-ERROR                    PIC X ANY LENGTH.
       PROCEDURE DIVISION
               USING LK-CLIENT LK-OPERATION LK-ARGS LK-PAGES LK-ERROR.
           CALL "BREVO-NEED" USING LK-ARGS.
           CALL "BREVO-C-TEXT" USING LK-OPERATION WS-OPERATION.
           CALL STATIC "brevo_args_text" USING BY VALUE LK-ARGS
               RETURNING WS-ARGUMENTS.
           CALL STATIC "brevo_iterate"
               USING BY VALUE LK-CLIENT
                     BY REFERENCE WS-OPERATION
                     BY VALUE WS-ARGUMENTS
                     BY REFERENCE WS-ERROR
               RETURNING LK-PAGES.
           CALL "BREVO-FORGET" USING LK-ARGS.
           CALL "BREVO-TAKE-ERROR" USING WS-ERROR LK-ERROR.
           GOBACK.
       END PROGRAM BREVO-ITERATE.

      *> Fetches the next page. Behind the last one the pages are freed
      *> and NULL, and so is the reply.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. BREVO-NEXT.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  WS-ERROR                    USAGE POINTER.
       LINKAGE SECTION.
       01  LK-PAGES                    USAGE POINTER.
       01  LK-REPLY                    USAGE POINTER.
       01  LK-ERROR                    PIC X ANY LENGTH.
       PROCEDURE DIVISION USING LK-PAGES LK-REPLY LK-ERROR.
           CALL "BREVO-FREE" USING LK-REPLY.
           CALL STATIC "brevo_pages_next"
               USING BY VALUE LK-PAGES BY REFERENCE WS-ERROR
               RETURNING LK-REPLY.
           IF LK-REPLY = NULL
               CALL STATIC "brevo_pages_free" USING BY VALUE LK-PAGES
                   RETURNING NOTHING
               SET LK-PAGES TO NULL
           END-IF.
           CALL "BREVO-TAKE-ERROR" USING WS-ERROR LK-ERROR.
           GOBACK.
       END PROGRAM BREVO-NEXT.

      *> Copies a text of a reply, or a number as text, into a field;
      *> spaces where it is missing. What does not fit is cut.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. BREVO-GET.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  WS-POINTER                  PIC X(400).
       01  WS-TEXT                     USAGE POINTER.
       LINKAGE SECTION.
       01  LK-REPLY                    USAGE POINTER.
       01  LK-POINTER                  PIC X ANY LENGTH.
       01  LK-FIELD                    PIC X ANY LENGTH.
       PROCEDURE DIVISION USING LK-REPLY LK-POINTER LK-FIELD.
           CALL "BREVO-C-TEXT" USING LK-POINTER WS-POINTER.
           CALL STATIC "brevo_reply_string"
               USING BY VALUE LK-REPLY BY REFERENCE WS-POINTER
               RETURNING WS-TEXT.
           CALL "BREVO-COPY-TEXT" USING WS-TEXT LK-FIELD.
           GOBACK.
       END PROGRAM BREVO-GET.

      *> Reads a whole number of a reply; -1 where it is missing.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. BREVO-GET-INTEGER.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  WS-DIGITS                   PIC X(20).
       LINKAGE SECTION.
       01  LK-REPLY                    USAGE POINTER.
       01  LK-POINTER                  PIC X ANY LENGTH.
       01  LK-NUMBER                   BINARY-DOUBLE.
       PROCEDURE DIVISION USING LK-REPLY LK-POINTER LK-NUMBER.
           CALL "BREVO-GET" USING LK-REPLY LK-POINTER WS-DIGITS.
           MOVE -1 TO LK-NUMBER.
           IF WS-DIGITS NOT = SPACES
               COMPUTE LK-NUMBER = FUNCTION NUMVAL(WS-DIGITS)
           END-IF.
           GOBACK.
       END PROGRAM BREVO-GET-INTEGER.

      *> Counts the entries of an array of a reply.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. BREVO-COUNT.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  WS-POINTER                  PIC X(400).
       LINKAGE SECTION.
       01  LK-REPLY                    USAGE POINTER.
       01  LK-POINTER                  PIC X ANY LENGTH.
       01  LK-COUNT                    BINARY-LONG.
       PROCEDURE DIVISION USING LK-REPLY LK-POINTER LK-COUNT.
           CALL "BREVO-C-TEXT" USING LK-POINTER WS-POINTER.
           CALL STATIC "brevo_reply_count"
               USING BY VALUE LK-REPLY BY REFERENCE WS-POINTER
               RETURNING LK-COUNT.
           GOBACK.
       END PROGRAM BREVO-COUNT.

      *> Frees a reply and makes it NULL.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. BREVO-FREE.
       DATA DIVISION.
       LINKAGE SECTION.
       01  LK-REPLY                    USAGE POINTER.
       PROCEDURE DIVISION USING LK-REPLY.
           CALL STATIC "brevo_reply_free" USING BY VALUE LK-REPLY
               RETURNING NOTHING.
           SET LK-REPLY TO NULL.
           GOBACK.
       END PROGRAM BREVO-FREE.

      *> --- What the subprograms above share -------------------------

      *> Makes arguments where there are none.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. BREVO-NEED.
       DATA DIVISION.
       LINKAGE SECTION.
       01  LK-ARGS                     USAGE POINTER.
       PROCEDURE DIVISION USING LK-ARGS.
           IF LK-ARGS = NULL
               CALL STATIC "brevo_args_new" RETURNING LK-ARGS
           END-IF.
           GOBACK.
       END PROGRAM BREVO-NEED.

      *> Frees arguments.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. BREVO-FORGET.
       DATA DIVISION.
       LINKAGE SECTION.
       01  LK-ARGS                     USAGE POINTER.
       PROCEDURE DIVISION USING LK-ARGS.
           CALL STATIC "brevo_args_free" USING BY VALUE LK-ARGS
               RETURNING NOTHING.
           SET LK-ARGS TO NULL.
           GOBACK.
       END PROGRAM BREVO-FORGET.

      *> Makes a C text of a field: without the padding and the spaces
      *> in front that an edited number has, in UTF-8, with a NUL
      *> behind. A character from 128 on becomes two.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. BREVO-C-TEXT.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  WS-LENGTH                   BINARY-LONG.
       01  WS-FROM                     BINARY-LONG.
       01  WS-TO                       BINARY-LONG.
       01  WS-CHARACTER                BINARY-LONG.
       LINKAGE SECTION.
       01  LK-FIELD                    PIC X ANY LENGTH.
       01  LK-TEXT                     PIC X ANY LENGTH.
       PROCEDURE DIVISION USING LK-FIELD LK-TEXT.
           MOVE 0 TO WS-LENGTH WS-TO.
           MOVE 1 TO WS-FROM.
           IF LK-FIELD NOT = SPACES
               MOVE FUNCTION STORED-CHAR-LENGTH(LK-FIELD) TO WS-LENGTH
               IF 2 * WS-LENGTH >= FUNCTION LENGTH(LK-TEXT)
                   DISPLAY "brevo.cob: a text of " WS-LENGTH
                       " characters is too long" UPON SYSERR
                   STOP RUN RETURNING 1
               END-IF
               PERFORM UNTIL LK-FIELD(WS-FROM:1) NOT = SPACE
                   ADD 1 TO WS-FROM
               END-PERFORM
           END-IF.
           PERFORM VARYING WS-FROM FROM WS-FROM BY 1
                   UNTIL WS-FROM > WS-LENGTH
      *>       FUNCTION ORD counts from 1, and so does FUNCTION CHAR.
               COMPUTE WS-CHARACTER =
                   FUNCTION ORD(LK-FIELD(WS-FROM:1)) - 1
               ADD 1 TO WS-TO
               IF WS-CHARACTER < 128
                   MOVE LK-FIELD(WS-FROM:1) TO LK-TEXT(WS-TO:1)
               ELSE
                   MOVE X"C2" TO LK-TEXT(WS-TO:1)
                   IF WS-CHARACTER >= 192
                       MOVE X"C3" TO LK-TEXT(WS-TO:1)
                       SUBTRACT 64 FROM WS-CHARACTER
                   END-IF
                   ADD 1 TO WS-TO
                   MOVE FUNCTION CHAR(WS-CHARACTER + 1)
                       TO LK-TEXT(WS-TO:1)
               END-IF
           END-PERFORM.
           ADD 1 TO WS-TO.
           MOVE LOW-VALUE TO LK-TEXT(WS-TO:1).
           GOBACK.
       END PROGRAM BREVO-C-TEXT.

      *> Copies a C text into a field, padded or cut; NULL as spaces.
      *> It is cut between characters, of which one has up to 4 bytes.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. BREVO-COPY-TEXT.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  WS-LENGTH                   BINARY-LONG.
       LINKAGE SECTION.
       01  LK-C-TEXT                   USAGE POINTER.
       01  LK-FIELD                    PIC X ANY LENGTH.
       01  LK-BYTES                    PIC X(1000000).
       PROCEDURE DIVISION USING LK-C-TEXT LK-FIELD.
           MOVE SPACES TO LK-FIELD.
           IF LK-C-TEXT NOT = NULL
               SET ADDRESS OF LK-BYTES TO LK-C-TEXT
               PERFORM VARYING WS-LENGTH FROM 0 BY 1
                       UNTIL LK-BYTES(WS-LENGTH + 1:1) = LOW-VALUE
                       OR WS-LENGTH = FUNCTION LENGTH(LK-FIELD)
                   CONTINUE
               END-PERFORM
               PERFORM UNTIL WS-LENGTH = 0
                       OR LK-BYTES(WS-LENGTH + 1:1) < X"80"
                       OR LK-BYTES(WS-LENGTH + 1:1) > X"BF"
                   SUBTRACT 1 FROM WS-LENGTH
               END-PERFORM
               IF WS-LENGTH > 0
                   MOVE LK-BYTES(1:WS-LENGTH) TO LK-FIELD
               END-IF
           END-IF.
           GOBACK.
       END PROGRAM BREVO-COPY-TEXT.

      *> Copies what an error tells and frees it.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. BREVO-TAKE-ERROR.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       COPY "brevo.cpy".
       01  WS-TEXT                     USAGE POINTER.
       LINKAGE SECTION.
       01  LK-C-ERROR                  USAGE POINTER.
       01  LK-ERROR                    PIC X ANY LENGTH.
       PROCEDURE DIVISION USING LK-C-ERROR LK-ERROR.
           INITIALIZE BREVO-ERROR.
           IF LK-C-ERROR NOT = NULL
               CALL STATIC "brevo_error_kind" USING BY VALUE LK-C-ERROR
                   RETURNING BREVO-KIND
               CALL STATIC "brevo_error_status"
                   USING BY VALUE LK-C-ERROR RETURNING BREVO-STATUS
               CALL STATIC "brevo_error_kind_name"
                   USING BY VALUE LK-C-ERROR RETURNING WS-TEXT
               CALL "BREVO-COPY-TEXT" USING WS-TEXT BREVO-KIND-NAME
               CALL STATIC "brevo_error_operation"
                   USING BY VALUE LK-C-ERROR RETURNING WS-TEXT
               CALL "BREVO-COPY-TEXT" USING WS-TEXT BREVO-OPERATION
               CALL STATIC "brevo_error_code"
                   USING BY VALUE LK-C-ERROR RETURNING WS-TEXT
               CALL "BREVO-COPY-TEXT" USING WS-TEXT BREVO-CODE
               CALL STATIC "brevo_error_message"
                   USING BY VALUE LK-C-ERROR RETURNING WS-TEXT
               CALL "BREVO-COPY-TEXT" USING WS-TEXT BREVO-MESSAGE
               CALL STATIC "brevo_error_advice"
                   USING BY VALUE LK-C-ERROR RETURNING WS-TEXT
               CALL "BREVO-COPY-TEXT" USING WS-TEXT BREVO-ADVICE
               CALL STATIC "brevo_error_free" USING BY VALUE LK-C-ERROR
                   RETURNING NOTHING
           END-IF.
           MOVE BREVO-ERROR TO LK-ERROR.
           GOBACK.
       END PROGRAM BREVO-TAKE-ERROR.
