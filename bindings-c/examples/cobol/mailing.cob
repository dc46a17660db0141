      *> Sends an offer to the customers of a sequential file, and
      *> reports what came of it.
      *>
      *>     mailing send CUSTOMERS TIME
      *>         adds the customers to a new list, schedules a campaign
      *>     mailing report LIST CAMPAIGN FOLDER
      *>         prints the list and the campaign's figures, and
      *>         writes both as CSV
      *>
      *> The key is taken from the environment: BREVO_API_KEY. The
      *> account needs the attributes CITY (text), CUSTOMER_SINCE
      *> (date) and BALANCE (number). The file is in ISO 8859-1.
       IDENTIFICATION DIVISION.
       PROGRAM-ID. MAILING.
       ENVIRONMENT DIVISION.
       INPUT-OUTPUT SECTION.
       FILE-CONTROL.
           SELECT CUSTOMERS ASSIGN TO WS-PATH
               ORGANIZATION IS LINE SEQUENTIAL
               FILE STATUS IS WS-FILE-STATUS.
       DATA DIVISION.
       FILE SECTION.
       FD  CUSTOMERS.
       01  CUSTOMER.
           05  CUST-NUMBER             PIC X(8).
           05  CUST-FIRST-NAME         PIC X(20).
           05  CUST-LAST-NAME          PIC X(25).
           05  CUST-EMAIL              PIC X(40).
           05  CUST-CITY               PIC X(20).
           05  CUST-SINCE.
               10  CUST-YEAR           PIC X(4).
               10  CUST-MONTH          PIC X(2).
               10  CUST-DAY            PIC X(2).
           05  CUST-BALANCE            PIC S9(4)V99
                                       SIGN TRAILING SEPARATE.
       WORKING-STORAGE SECTION.
       COPY "brevo.cpy".

       01  WS-COMMAND                  PIC X(10).
       01  WS-PATH                     PIC X(250).
       01  WS-TIME                     PIC X(40).
       01  WS-FOLDER                   PIC X(200).
       01  WS-WORD                     PIC X(20).
       01  WS-FILE-STATUS              PIC XX.
           88  FILE-GOOD                       VALUE "00".
           88  FILE-END                        VALUE "10".

      *> Identifiers of Brevo have 64 bits.
       01  WS-FOLDER-ID                BINARY-DOUBLE.
       01  WS-LIST-ID                  BINARY-DOUBLE.
       01  WS-SENDER-ID                BINARY-DOUBLE.
       01  WS-CAMPAIGN-ID              BINARY-DOUBLE.

       01  WS-READ                     BINARY-LONG VALUE 0.
       01  WS-ACCEPTED                 BINARY-LONG VALUE 0.
       01  WS-REFUSED                  BINARY-LONG VALUE 0.
       01  WS-COUNT                    BINARY-LONG.
       01  WS-INDEX                    BINARY-LONG.
       01  WS-NUMBER                   BINARY-DOUBLE.

      *> Numbers for people: without zeros in front.
       01  ED-1                        PIC -(17)9.
       01  ED-2                        PIC -(17)9.
       01  ED-3                        PIC -(17)9.

       01  WS-DATE                     PIC X(10).
       01  WS-ITEM                     PIC X(40).
       01  WS-POINTER                  PIC X(80).
       01  WS-TEXT                     PIC X(1000).
       01  WS-STATUS-NAME              PIC X(20).
       01  WS-EMAIL                    PIC X(200).
       01  WS-FIRST-NAME               PIC X(200).
       01  WS-LAST-NAME                PIC X(200).

       01  FIGURE-NAMES.
           05  PIC X(16) VALUE "sent".
           05  PIC X(16) VALUE "delivered".
           05  PIC X(16) VALUE "hardBounces".
           05  PIC X(16) VALUE "uniqueViews".
           05  PIC X(16) VALUE "uniqueClicks".
           05  PIC X(16) VALUE "unsubscriptions".
       01  REDEFINES FIGURE-NAMES.
           05  FIGURE-NAME             PIC X(16) OCCURS 6.

       PROCEDURE DIVISION.
       MAIN-LINE.
           ACCEPT WS-COMMAND FROM ARGUMENT-VALUE.
           IF WS-COMMAND NOT = "send" AND NOT = "report"
               DISPLAY "usage: mailing send CUSTOMERS TIME"
                   UPON SYSERR
               DISPLAY "       mailing report LIST CAMPAIGN FOLDER"
                   UPON SYSERR
               STOP RUN RETURNING 1
           END-IF.
           CALL "BREVO-OPEN" USING BREVO-CLIENT BREVO-ERROR.
           PERFORM STOP-WHERE-IT-FAILED.
           IF WS-COMMAND = "send"
               ACCEPT WS-PATH FROM ARGUMENT-VALUE
               ACCEPT WS-TIME FROM ARGUMENT-VALUE
               PERFORM SEND-OFFER
           ELSE
               ACCEPT WS-WORD FROM ARGUMENT-VALUE
               COMPUTE WS-LIST-ID = FUNCTION NUMVAL(WS-WORD)
               ACCEPT WS-WORD FROM ARGUMENT-VALUE
               COMPUTE WS-CAMPAIGN-ID = FUNCTION NUMVAL(WS-WORD)
               ACCEPT WS-FOLDER FROM ARGUMENT-VALUE
               PERFORM REPORT-IT
           END-IF.
           CALL "BREVO-FREE" USING BREVO-REPLY.
           CALL "BREVO-CLOSE" USING BREVO-CLIENT.
           STOP RUN.

      *> --- send -----------------------------------------------------

       SEND-OFFER.
           PERFORM MAKE-LIST.
           OPEN INPUT CUSTOMERS.
           PERFORM CHECK-FILE.
           PERFORM READ-CUSTOMER.
           PERFORM UNTIL FILE-END
               PERFORM ADD-CUSTOMER
               PERFORM READ-CUSTOMER
           END-PERFORM.
           CLOSE CUSTOMERS.
           MOVE WS-READ TO ED-1.
           MOVE WS-ACCEPTED TO ED-2.
           MOVE WS-REFUSED TO ED-3.
           DISPLAY "records: " FUNCTION TRIM(ED-1) " read, "
               FUNCTION TRIM(ED-2) " accepted, "
               FUNCTION TRIM(ED-3) " refused".
           PERFORM SCHEDULE-CAMPAIGN.
           PERFORM TELL-OWNER.

       MAKE-LIST.
           CALL "BREVO-SET" USING BREVO-ARGS "/name" "Customers".
           CALL "BREVO-CALL" USING BREVO-CLIENT
               "contacts.create_folder" BREVO-ARGS BREVO-REPLY
               BREVO-ERROR.
           PERFORM STOP-WHERE-IT-FAILED.
           CALL "BREVO-GET-INTEGER" USING BREVO-REPLY "/id"
               WS-FOLDER-ID.
           CALL "BREVO-SET" USING BREVO-ARGS "/name" "Customers".
           CALL "BREVO-SET-INTEGER" USING BREVO-ARGS "/folder_id"
               WS-FOLDER-ID.
           CALL "BREVO-CALL" USING BREVO-CLIENT
               "contacts.create_list" BREVO-ARGS BREVO-REPLY
               BREVO-ERROR.
           PERFORM STOP-WHERE-IT-FAILED.
           CALL "BREVO-GET-INTEGER" USING BREVO-REPLY "/id" WS-LIST-ID.
           MOVE WS-LIST-ID TO ED-1.
           DISPLAY "list: " FUNCTION TRIM(ED-1).

       READ-CUSTOMER.
           READ CUSTOMERS
               NOT AT END ADD 1 TO WS-READ
           END-READ.
           PERFORM CHECK-FILE.

       CHECK-FILE.
           IF NOT FILE-GOOD AND NOT FILE-END
               DISPLAY FUNCTION TRIM(WS-PATH) ": file status "
                   WS-FILE-STATUS UPON SYSERR
               STOP RUN RETURNING 1
           END-IF.

      *> BREVO-SET takes the fields as they are, with their padding,
      *> and leaves out those that are blank. The customer's number is
      *> a text: its zeros in front count. An update of a contact that
      *> is known already lets the run be repeated.
       ADD-CUSTOMER.
           STRING CUST-YEAR "-" CUST-MONTH "-" CUST-DAY
               DELIMITED BY SIZE INTO WS-DATE.
           MOVE CUST-BALANCE TO BREVO-DECIMAL.
           CALL "BREVO-SET" USING BREVO-ARGS "/ext_id" CUST-NUMBER.
           CALL "BREVO-SET" USING BREVO-ARGS "/email" CUST-EMAIL.
           CALL "BREVO-SET" USING BREVO-ARGS "/attributes/FIRSTNAME"
               CUST-FIRST-NAME.
           CALL "BREVO-SET" USING BREVO-ARGS "/attributes/LASTNAME"
               CUST-LAST-NAME.
           CALL "BREVO-SET" USING BREVO-ARGS "/attributes/CITY"
               CUST-CITY.
           CALL "BREVO-SET" USING BREVO-ARGS
               "/attributes/CUSTOMER_SINCE" WS-DATE.
           CALL "BREVO-SET-DECIMAL" USING BREVO-ARGS
               "/attributes/BALANCE" BREVO-DECIMAL.
           CALL "BREVO-SET-INTEGER" USING BREVO-ARGS "/list_ids/-"
               WS-LIST-ID.
           CALL "BREVO-SET-FLAG" USING BREVO-ARGS "/update_enabled"
               "Y".
           CALL "BREVO-CALL" USING BREVO-CLIENT
               "contacts.create_contact" BREVO-ARGS BREVO-REPLY
               BREVO-ERROR.
           EVALUATE TRUE
               WHEN BREVO-OK
                   ADD 1 TO WS-ACCEPTED
      *>       This customer is refused; the next one may do.
               WHEN BREVO-INVALID-ARGUMENT
               WHEN BREVO-BAD-REQUEST
               WHEN BREVO-DUPLICATE
                   ADD 1 TO WS-REFUSED
                   MOVE WS-READ TO ED-1
                   DISPLAY "record " FUNCTION TRIM(ED-1) ", customer "
                       CUST-NUMBER ", was refused:"
                   DISPLAY "  kind:    "
                       FUNCTION TRIM(BREVO-KIND-NAME)
                   MOVE BREVO-STATUS TO ED-1
                   DISPLAY "  status:  " FUNCTION TRIM(ED-1)
                   DISPLAY "  code:    " FUNCTION TRIM(BREVO-CODE)
                   DISPLAY "  message: " FUNCTION TRIM(BREVO-MESSAGE)
                   DISPLAY "  advice:  " FUNCTION TRIM(BREVO-ADVICE)
               WHEN OTHER
                   PERFORM STOP-WHERE-IT-FAILED
           END-EVALUATE.

       SCHEDULE-CAMPAIGN.
           CALL "BREVO-CALL" USING BREVO-CLIENT "senders.get_senders"
               BREVO-ARGS BREVO-REPLY BREVO-ERROR.
           PERFORM STOP-WHERE-IT-FAILED.
           CALL "BREVO-GET-INTEGER" USING BREVO-REPLY "/senders/0/id"
               WS-SENDER-ID.

           CALL "BREVO-SET" USING BREVO-ARGS "/name" "Spring offer".
           CALL "BREVO-SET" USING BREVO-ARGS "/subject"
               "{{ contact.FIRSTNAME }}, spring is here".
           CALL "BREVO-SET-INTEGER" USING BREVO-ARGS "/sender/id"
               WS-SENDER-ID.
           CALL "BREVO-SET-INTEGER" USING BREVO-ARGS
               "/recipients/list_ids/-" WS-LIST-ID.
           STRING "<html><body><p>Hello {{ contact.FIRSTNAME }}!</p>"
               '<a href="https://example.com/spring">Our offer</a>'
               "</body></html>"
               DELIMITED BY SIZE INTO WS-TEXT.
           CALL "BREVO-SET" USING BREVO-ARGS "/html_content" WS-TEXT.
           CALL "BREVO-SET" USING BREVO-ARGS "/scheduled_at" WS-TIME.
           CALL "BREVO-CALL" USING BREVO-CLIENT
               "email_campaigns.create_email_campaign" BREVO-ARGS
               BREVO-REPLY BREVO-ERROR.
           PERFORM STOP-WHERE-IT-FAILED.
           CALL "BREVO-GET-INTEGER" USING BREVO-REPLY "/id"
               WS-CAMPAIGN-ID.
           PERFORM SHOW-CAMPAIGN.

       TELL-OWNER.
           CALL "BREVO-CALL" USING BREVO-CLIENT "account.get_account"
               BREVO-ARGS BREVO-REPLY BREVO-ERROR.
           PERFORM STOP-WHERE-IT-FAILED.
           CALL "BREVO-GET" USING BREVO-REPLY "/email" WS-EMAIL.

           CALL "BREVO-SET-INTEGER" USING BREVO-ARGS "/sender/id"
               WS-SENDER-ID.
           CALL "BREVO-SET" USING BREVO-ARGS "/to/-/email" WS-EMAIL.
           CALL "BREVO-SET" USING BREVO-ARGS "/subject"
               "Customers loaded".
           MOVE WS-ACCEPTED TO ED-1.
           MOVE WS-READ TO ED-2.
           MOVE SPACES TO WS-TEXT.
           STRING "<p>" FUNCTION TRIM(ED-1) " of "
               FUNCTION TRIM(ED-2) " customers are on the list.</p>"
               DELIMITED BY SIZE INTO WS-TEXT.
           CALL "BREVO-SET" USING BREVO-ARGS "/html_content" WS-TEXT.
           CALL "BREVO-CALL" USING BREVO-CLIENT
               "transactional_emails.send_transac_email" BREVO-ARGS
               BREVO-REPLY BREVO-ERROR.
           PERFORM STOP-WHERE-IT-FAILED.
           CALL "BREVO-GET" USING BREVO-REPLY "/messageId" WS-TEXT.
           DISPLAY "mail: " FUNCTION TRIM(WS-TEXT).

      *> --- report ---------------------------------------------------

       REPORT-IT.
           MOVE WS-LIST-ID TO ED-1.
           DISPLAY "list: " FUNCTION TRIM(ED-1).
           CALL "BREVO-SET-INTEGER" USING BREVO-ARGS "/list_id"
               WS-LIST-ID.
           CALL "BREVO-ITERATE" USING BREVO-CLIENT
               "contacts.get_contacts_from_list" BREVO-ARGS BREVO-PAGES
               BREVO-ERROR.
           PERFORM STOP-WHERE-IT-FAILED.
           PERFORM NEXT-PAGE.
           PERFORM UNTIL BREVO-REPLY = NULL
               CALL "BREVO-COUNT" USING BREVO-REPLY "/contacts"
                   WS-COUNT
               PERFORM SHOW-CONTACT VARYING WS-INDEX FROM 0 BY 1
                   UNTIL WS-INDEX >= WS-COUNT
               PERFORM NEXT-PAGE
           END-PERFORM.

           PERFORM SHOW-CAMPAIGN.
           PERFORM SHOW-FIGURE VARYING WS-INDEX FROM 1 BY 1
               UNTIL WS-INDEX > 6.

           CALL "BREVO-SET-INTEGER" USING BREVO-ARGS "/list_id"
               WS-LIST-ID.
           MOVE SPACES TO WS-PATH.
           STRING FUNCTION TRIM(WS-FOLDER) "/list.csv"
               DELIMITED BY SIZE INTO WS-PATH.
           CALL "BREVO-SET" USING BREVO-ARGS "/path" WS-PATH.
           CALL "BREVO-JOB" USING BREVO-CLIENT "contacts.export_list"
               BREVO-ARGS BREVO-REPLY BREVO-ERROR.
           PERFORM STOP-WHERE-IT-FAILED.
           CALL "BREVO-GET" USING BREVO-REPLY "/rows" WS-WORD.
           DISPLAY "list.csv: " FUNCTION TRIM(WS-WORD) " rows".

           CALL "BREVO-SET-INTEGER" USING BREVO-ARGS "/campaign_ids/-"
               WS-CAMPAIGN-ID.
           MOVE SPACES TO WS-PATH.
           STRING FUNCTION TRIM(WS-FOLDER) "/statistics.csv"
               DELIMITED BY SIZE INTO WS-PATH.
           CALL "BREVO-SET" USING BREVO-ARGS "/path" WS-PATH.
           CALL "BREVO-JOB" USING BREVO-CLIENT
               "email_campaigns.export_statistics"
               BREVO-ARGS BREVO-REPLY BREVO-ERROR.
           PERFORM STOP-WHERE-IT-FAILED.
           CALL "BREVO-GET" USING BREVO-REPLY "/rows" WS-WORD.
           DISPLAY "statistics.csv: " FUNCTION TRIM(WS-WORD) " rows".

       NEXT-PAGE.
           CALL "BREVO-NEXT" USING BREVO-PAGES BREVO-REPLY BREVO-ERROR.
           PERFORM STOP-WHERE-IT-FAILED.

       SHOW-CONTACT.
           MOVE WS-INDEX TO ED-1.
           MOVE SPACES TO WS-ITEM.
           STRING "/contacts/" FUNCTION TRIM(ED-1)
               DELIMITED BY SIZE INTO WS-ITEM.
           MOVE SPACES TO WS-POINTER.
           STRING FUNCTION TRIM(WS-ITEM) "/id"
               DELIMITED BY SIZE INTO WS-POINTER.
           CALL "BREVO-GET" USING BREVO-REPLY WS-POINTER WS-WORD.
           MOVE SPACES TO WS-POINTER.
           STRING FUNCTION TRIM(WS-ITEM) "/email"
               DELIMITED BY SIZE INTO WS-POINTER.
           CALL "BREVO-GET" USING BREVO-REPLY WS-POINTER WS-EMAIL.
           MOVE SPACES TO WS-POINTER.
           STRING FUNCTION TRIM(WS-ITEM) "/attributes/FIRSTNAME"
               DELIMITED BY SIZE INTO WS-POINTER.
           CALL "BREVO-GET" USING BREVO-REPLY WS-POINTER WS-FIRST-NAME.
           IF WS-FIRST-NAME = SPACES
               MOVE "-" TO WS-FIRST-NAME
           END-IF.
           MOVE SPACES TO WS-POINTER.
           STRING FUNCTION TRIM(WS-ITEM) "/attributes/LASTNAME"
               DELIMITED BY SIZE INTO WS-POINTER.
           CALL "BREVO-GET" USING BREVO-REPLY WS-POINTER WS-LAST-NAME.
           IF WS-LAST-NAME = SPACES
               MOVE "-" TO WS-LAST-NAME
           END-IF.
           DISPLAY "  " FUNCTION TRIM(WS-WORD)
               "  " FUNCTION TRIM(WS-EMAIL)
               "  " FUNCTION TRIM(WS-FIRST-NAME)
               " " FUNCTION TRIM(WS-LAST-NAME).

       SHOW-FIGURE.
           MOVE SPACES TO WS-POINTER.
           STRING "/statistics/globalStats/" FIGURE-NAME(WS-INDEX)
               DELIMITED BY SIZE INTO WS-POINTER.
           CALL "BREVO-GET-INTEGER" USING BREVO-REPLY WS-POINTER
               WS-NUMBER.
           MOVE WS-NUMBER TO ED-1.
           DISPLAY "  " FUNCTION TRIM(FIGURE-NAME(WS-INDEX)) ": "
               FUNCTION TRIM(ED-1).

      *> --- both -----------------------------------------------------

      *> Without "statistics" all figures would be 0.
       SHOW-CAMPAIGN.
           CALL "BREVO-SET-INTEGER" USING BREVO-ARGS "/campaign_id"
               WS-CAMPAIGN-ID.
           CALL "BREVO-SET" USING BREVO-ARGS "/statistics"
               "globalStats".
           CALL "BREVO-CALL" USING BREVO-CLIENT
               "email_campaigns.get_email_campaign" BREVO-ARGS
               BREVO-REPLY BREVO-ERROR.
           PERFORM STOP-WHERE-IT-FAILED.
           CALL "BREVO-GET" USING BREVO-REPLY "/status"
               WS-STATUS-NAME.
           MOVE WS-CAMPAIGN-ID TO ED-1.
           DISPLAY "campaign: " FUNCTION TRIM(ED-1) " "
               FUNCTION TRIM(WS-STATUS-NAME).

       STOP-WHERE-IT-FAILED.
           IF NOT BREVO-OK
               DISPLAY FUNCTION TRIM(BREVO-OPERATION) " failed:"
                   UPON SYSERR
               DISPLAY "  kind:    " FUNCTION TRIM(BREVO-KIND-NAME)
                   UPON SYSERR
               MOVE BREVO-STATUS TO ED-1
               DISPLAY "  status:  " FUNCTION TRIM(ED-1) UPON SYSERR
               DISPLAY "  code:    " FUNCTION TRIM(BREVO-CODE)
                   UPON SYSERR
               DISPLAY "  message: " FUNCTION TRIM(BREVO-MESSAGE)
                   UPON SYSERR
               DISPLAY "  advice:  " FUNCTION TRIM(BREVO-ADVICE)
                   UPON SYSERR
               STOP RUN RETURNING 1
           END-IF.
       END PROGRAM MAILING.
