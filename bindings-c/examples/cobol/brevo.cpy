      *> What programs that call brevo.cob hold. COPY it into the
      *> WORKING-STORAGE SECTION.
       01  BREVO-CLIENT                USAGE POINTER VALUE NULL.
       01  BREVO-ARGS                  USAGE POINTER VALUE NULL.
       01  BREVO-REPLY                 USAGE POINTER VALUE NULL.
       01  BREVO-PAGES                 USAGE POINTER VALUE NULL.

      *> Takes any number for BREVO-SET-DECIMAL.
       01  BREVO-DECIMAL               PIC S9(12)V9(6).

      *> The outcome of the last call. BREVO-OK, or what went wrong.
       01  BREVO-ERROR.
           05  BREVO-KIND              BINARY-LONG.
               88  BREVO-OK                    VALUE 0.
               88  BREVO-CONFIGURATION         VALUE 1.
               88  BREVO-INVALID-ARGUMENT      VALUE 2.
               88  BREVO-CONNECTION            VALUE 3.
               88  BREVO-TIMEOUT               VALUE 4.
               88  BREVO-DECODE                VALUE 6.
               88  BREVO-IO                    VALUE 7.
               88  BREVO-BAD-REQUEST           VALUE 20.
               88  BREVO-UNAUTHORIZED          VALUE 21.
               88  BREVO-IP-NOT-AUTHORIZED     VALUE 22.
               88  BREVO-NOT-ACTIVATED         VALUE 23.
               88  BREVO-NO-CREDITS            VALUE 24.
               88  BREVO-PERMISSION-DENIED     VALUE 25.
               88  BREVO-NOT-FOUND             VALUE 26.
               88  BREVO-DUPLICATE             VALUE 27.
               88  BREVO-CONFLICT              VALUE 28.
               88  BREVO-RATE-LIMITED          VALUE 29.
               88  BREVO-SERVER                VALUE 30.
           05  BREVO-STATUS            BINARY-LONG.
           05  BREVO-KIND-NAME         PIC X(40).
           05  BREVO-OPERATION         PIC X(80).
           05  BREVO-CODE              PIC X(80).
           05  BREVO-MESSAGE           PIC X(400).
           05  BREVO-ADVICE            PIC X(400).
