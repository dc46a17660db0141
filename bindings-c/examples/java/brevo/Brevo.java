package brevo;

import com.sun.jna.Callback;
import com.sun.jna.IntegerType;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.ptr.PointerByReference;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.function.Consumer;

/**
 * brevo-native for Java 8 and later, by JNA. A client may be used by many threads at once; close it after the last call.
 *
 * <p>Replies are copied into {@link Reply} when they are read, and everything the library hands out is closed: use
 * try-with-resources, since the garbage collector knows nothing of memory outside of Java.
 */
public final class Brevo implements AutoCloseable {

    /**
     * What is used of {@code <brevo.h>}. JNA turns a String into a NUL-ended text, in the encoding given below, for as long
     * as the call takes; a returned {@code const char *} is copied into a String, and its owner may be freed at once.
     */
    private interface C extends Library {
        /** The default would be the platform's encoding: the library takes and gives UTF-8. */
        C CALLS = Native.load("brevo", C.class, Collections.singletonMap(OPTION_STRING_ENCODING, "UTF-8"));

        interface OnProgress extends Callback {
            int invoke(Progress progress, Pointer userData);
        }

        /** {@code brevo_progress}: fields that a later library puts behind these are not looked at. */
        @Structure.FieldOrder({"size", "stage", "done", "total", "bytes", "totalBytes", "rate", "remaining"})
        final class Progress extends Structure {
            public Size size;
            public String stage;
            public long done;
            public long total;
            public long bytes;
            public long totalBytes;
            public double rate;
            public double remaining;
        }

        /** {@code size_t}, which has the size of a pointer. */
        final class Size extends IntegerType {
            private static final long serialVersionUID = 1;

            public Size() {
                super(Native.SIZE_T_SIZE, true);
            }
        }

        int brevo_abi_version();

        Pointer brevo_client_new(String settings, PointerByReference error);

        void brevo_client_free(Pointer client);

        Pointer brevo_args_new();

        void brevo_args_free(Pointer args);

        String brevo_args_text(Pointer args);

        int brevo_args_set_string(Pointer args, String pointer, String value);

        int brevo_args_set_int(Pointer args, String pointer, long value);

        int brevo_args_set_bool(Pointer args, String pointer, int value);

        int brevo_args_set_json(Pointer args, String pointer, String value);

        Pointer brevo_call(Pointer client, String operation, String arguments, PointerByReference error);

        Pointer brevo_job(
                Pointer client,
                String job,
                String arguments,
                OnProgress onProgress,
                Pointer userData,
                PointerByReference error);

        Pointer brevo_iterate(Pointer client, String operation, String arguments, PointerByReference error);

        Pointer brevo_pages_next(Pointer pages, PointerByReference error);

        String brevo_pages_items(Pointer pages);

        void brevo_pages_free(Pointer pages);

        String brevo_reply_string(Pointer reply, String pointer);

        long brevo_reply_int(Pointer reply, String pointer, long fallback);

        Size brevo_reply_count(Pointer reply, String pointer);

        void brevo_reply_free(Pointer reply);

        String brevo_error_kind_name(Pointer error);

        int brevo_error_status(Pointer error);

        String brevo_error_code(Pointer error);

        String brevo_error_message(Pointer error);

        String brevo_error_operation(Pointer error);

        String brevo_error_advice(Pointer error);

        void brevo_error_free(Pointer error);
    }

    private static final int ABI_VERSION = 0;

    private Pointer client;

    /** Makes a client with the settings of the environment, such as BREVO_API_KEY. */
    public Brevo() {
        if (C.CALLS.brevo_abi_version() != ABI_VERSION) {
            throw new UnsatisfiedLinkError("Brevo.java was written for another libbrevo");
        }
        PointerByReference error = new PointerByReference();
        client = C.CALLS.brevo_client_new(null, error);
        check(error);
    }

    @Override
    public void close() {
        C.CALLS.brevo_client_free(client);
        client = null;
    }

    /** Carries out an operation without arguments. */
    public Reply call(String operation) {
        return call(operation, new Arguments());
    }

    /** Carries out an operation, such as {@code contacts.create_contact}. */
    public Reply call(String operation, Arguments arguments) {
        PointerByReference error = new PointerByReference();
        Pointer reply = C.CALLS.brevo_call(client, operation, arguments.take(), error);
        check(error);
        return new Reply(reply, "");
    }

    /** Carries out a job of several calls, such as {@code contacts.export_list}; {@code progress} may be null. */
    public Reply job(String job, Arguments arguments, Consumer<String> progress) {
        // JNA holds callbacks weakly; this one is held by the local variable for as long as the job takes.
        C.OnProgress callback = null;
        if (progress != null) {
            callback = (told, userData) -> {
                String text = told.stage + ": " + told.done;
                progress.accept(told.total < 0 ? text : text + " of " + told.total);
                return 0; // Go on.
            };
        }
        PointerByReference error = new PointerByReference();
        Pointer reply = C.CALLS.brevo_job(client, job, arguments.take(), callback, null, error);
        check(error);
        return new Reply(reply, "");
    }

    /** Hands all entries of all pages of an operation that lists to {@code action}; each lives until action returns. */
    public void forEach(String operation, Arguments arguments, Consumer<Reply> action) {
        PointerByReference error = new PointerByReference();
        Pointer pages = C.CALLS.brevo_iterate(client, operation, arguments.take(), error);
        check(error);
        try {
            String items = C.CALLS.brevo_pages_items(pages);
            Pointer next;
            while ((next = C.CALLS.brevo_pages_next(pages, error)) != null) {
                try (Reply page = new Reply(next, "")) {
                    int count = page.count(items);
                    for (int i = 0; i < count; i++) {
                        action.accept(page.at(items + "/" + i));
                    }
                }
            }
            check(error); // Null stands behind the last page, too.
        } finally {
            C.CALLS.brevo_pages_free(pages);
        }
    }

    private static void check(PointerByReference error) {
        Pointer failure = error.getValue();
        if (failure != null) {
            try {
                throw new BrevoException(failure);
            } finally {
                C.CALLS.brevo_error_free(failure);
            }
        }
    }

    /** Arguments of one call, which frees them. Values are set by JSON pointer; null is left out. */
    public static final class Arguments {
        private Pointer args = C.CALLS.brevo_args_new();

        public Arguments set(String pointer, String value) {
            return value == null ? this : checked(pointer, C.CALLS.brevo_args_set_string(args, pointer, value));
        }

        public Arguments set(String pointer, long value) {
            return checked(pointer, C.CALLS.brevo_args_set_int(args, pointer, value));
        }

        public Arguments set(String pointer, boolean value) {
            return checked(pointer, C.CALLS.brevo_args_set_bool(args, pointer, value ? 1 : 0));
        }

        /** The digits go as they are; a double would round them. */
        public Arguments set(String pointer, BigDecimal value) {
            return value == null
                    ? this
                    : checked(pointer, C.CALLS.brevo_args_set_json(args, pointer, value.toPlainString()));
        }

        private Arguments checked(String pointer, int good) {
            if (good == 0) {
                C.CALLS.brevo_args_free(args);
                args = null;
                throw new IllegalArgumentException(pointer);
            }
            return this;
        }

        private String take() {
            String text = C.CALLS.brevo_args_text(args);
            C.CALLS.brevo_args_free(args);
            args = null;
            return text;
        }
    }

    /** A reply, or a part of one. Values are addressed by JSON pointer, with the names of Brevo's API. */
    public static final class Reply implements AutoCloseable {
        private Pointer reply;
        private final String part;

        private Reply(Pointer reply, String part) {
            this.reply = reply;
            this.part = part;
        }

        /** Text of a value, or {@code fallback} where there is none. */
        public String text(String pointer, String fallback) {
            String text = C.CALLS.brevo_reply_string(reply, part + pointer);
            return text == null ? fallback : text;
        }

        public long number(String pointer) {
            return C.CALLS.brevo_reply_int(reply, part + pointer, -1);
        }

        public int count(String pointer) {
            return C.CALLS.brevo_reply_count(reply, part + pointer).intValue();
        }

        private Reply at(String pointer) {
            return new Reply(reply, part + pointer);
        }

        @Override
        public void close() {
            C.CALLS.brevo_reply_free(reply);
            reply = null;
        }
    }

    /** A call that failed. */
    public static final class BrevoException extends RuntimeException {
        private static final long serialVersionUID = 1;
        public final String kind;
        public final int status;
        public final String code;
        public final String operation;
        public final String advice;

        private BrevoException(Pointer error) {
            super(C.CALLS.brevo_error_message(error));
            kind = C.CALLS.brevo_error_kind_name(error);
            status = C.CALLS.brevo_error_status(error);
            code = C.CALLS.brevo_error_code(error);
            operation = C.CALLS.brevo_error_operation(error);
            advice = C.CALLS.brevo_error_advice(error);
        }
    }
}
