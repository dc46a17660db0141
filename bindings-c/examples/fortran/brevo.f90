! brevo-native for Fortran 2003 and later, by iso_c_binding. Texts are Fortran's: of any length, without a NUL. They
! are UTF-8 for the library; from_latin1 makes that of ISO 8859-1.
!
!     type(brevo_client) :: brevo
!     type(brevo_args) :: args
!     type(brevo_reply) :: reply
!     call brevo%open(error)
!     call args%set('/email', 'ada@example.com')
!     reply = brevo%call('contacts.create_contact', args, error)
!     if (error%failed) ...
!     call reply%free()
!
! Fortran calls C by interfaces. A handle is a type(c_ptr), passed by value; "brevo_error **" is one passed by reference.
! A text that C gives is a pointer to characters, which are copied before their owner is freed.
module brevo
    use, intrinsic :: iso_c_binding
    implicit none
    private

    public :: brevo_client, brevo_args, brevo_reply, brevo_pages, brevo_error, from_latin1
    integer, parameter, public :: id_kind = c_int64_t ! Identifiers of Brevo have 64 bits.

    ! Why a call failed; copied, so there is nothing to free.
    type :: brevo_error
        logical :: failed = .false.
        integer :: status = 0
        character(:), allocatable :: kind, code, message, advice, operation
    contains
        procedure :: explain
    end type

    type :: brevo_args
        private
        type(c_ptr) :: handle = c_null_ptr
    contains
        procedure, private :: set_text, set_id, set_real, set_logical
        generic :: set => set_text, set_id, set_real, set_logical
    end type

    type :: brevo_reply
        private
        type(c_ptr) :: handle = c_null_ptr
    contains
        procedure :: text => reply_text
        procedure :: id => reply_id
        procedure :: count => reply_count
        procedure :: free => free_reply
    end type

    type :: brevo_pages
        private
        type(c_ptr) :: handle = c_null_ptr
    contains
        procedure :: next => next_page
        procedure :: items => page_items
        procedure :: free => free_pages
    end type

    type :: brevo_client
        private
        type(c_ptr) :: handle = c_null_ptr
    contains
        procedure :: open => open_client
        procedure :: call => call_operation
        procedure :: job => call_job
        procedure :: iterate
        procedure :: close => close_client
    end type

    interface
        function c_client_new(settings, error) bind(c, name='brevo_client_new') result(client)
            import :: c_ptr
            type(c_ptr), value :: settings
            type(c_ptr), intent(out) :: error
            type(c_ptr) :: client
        end function

        subroutine c_client_free(client) bind(c, name='brevo_client_free')
            import :: c_ptr
            type(c_ptr), value :: client
        end subroutine

        function c_call(client, operation, arguments, error) bind(c, name='brevo_call') result(reply)
            import :: c_ptr, c_char
            type(c_ptr), value :: client, arguments
            character(kind=c_char), intent(in) :: operation(*)
            type(c_ptr), intent(out) :: error
            type(c_ptr) :: reply
        end function

        function c_job(client, job, arguments, on_progress, user_data, error) bind(c, name='brevo_job') result(reply)
            import :: c_ptr, c_char, c_funptr
            type(c_ptr), value :: client, arguments, user_data
            character(kind=c_char), intent(in) :: job(*)
            type(c_funptr), value :: on_progress
            type(c_ptr), intent(out) :: error
            type(c_ptr) :: reply
        end function

        function c_iterate(client, operation, arguments, error) bind(c, name='brevo_iterate') result(pages)
            import :: c_ptr, c_char
            type(c_ptr), value :: client, arguments
            character(kind=c_char), intent(in) :: operation(*)
            type(c_ptr), intent(out) :: error
            type(c_ptr) :: pages
        end function

        function c_pages_next(pages, error) bind(c, name='brevo_pages_next') result(reply)
            import :: c_ptr
            type(c_ptr), value :: pages
            type(c_ptr), intent(out) :: error
            type(c_ptr) :: reply
        end function

        function c_pages_items(pages) bind(c, name='brevo_pages_items') result(pointer)
            import :: c_ptr
            type(c_ptr), value :: pages
            type(c_ptr) :: pointer
        end function

        subroutine c_pages_free(pages) bind(c, name='brevo_pages_free')
            import :: c_ptr
            type(c_ptr), value :: pages
        end subroutine

        function c_args_new() bind(c, name='brevo_args_new') result(args)
            import :: c_ptr
            type(c_ptr) :: args
        end function

        function c_args_set_string(args, pointer, value) bind(c, name='brevo_args_set_string') result(done)
            import :: c_ptr, c_char, c_int
            type(c_ptr), value :: args
            character(kind=c_char), intent(in) :: pointer(*), value(*)
            integer(c_int) :: done
        end function

        function c_args_set_int(args, pointer, value) bind(c, name='brevo_args_set_int') result(done)
            import :: c_ptr, c_char, c_int, c_int64_t
            type(c_ptr), value :: args
            character(kind=c_char), intent(in) :: pointer(*)
            integer(c_int64_t), value :: value
            integer(c_int) :: done
        end function

        function c_args_set_double(args, pointer, value) bind(c, name='brevo_args_set_double') result(done)
            import :: c_ptr, c_char, c_int, c_double
            type(c_ptr), value :: args
            character(kind=c_char), intent(in) :: pointer(*)
            real(c_double), value :: value
            integer(c_int) :: done
        end function

        function c_args_set_bool(args, pointer, value) bind(c, name='brevo_args_set_bool') result(done)
            import :: c_ptr, c_char, c_int
            type(c_ptr), value :: args
            character(kind=c_char), intent(in) :: pointer(*)
            integer(c_int), value :: value
            integer(c_int) :: done
        end function

        function c_args_text(args) bind(c, name='brevo_args_text') result(text)
            import :: c_ptr
            type(c_ptr), value :: args
            type(c_ptr) :: text
        end function

        subroutine c_args_free(args) bind(c, name='brevo_args_free')
            import :: c_ptr
            type(c_ptr), value :: args
        end subroutine

        function c_reply_string(reply, pointer) bind(c, name='brevo_reply_string') result(text)
            import :: c_ptr, c_char
            type(c_ptr), value :: reply
            character(kind=c_char), intent(in) :: pointer(*)
            type(c_ptr) :: text
        end function

        function c_reply_int(reply, pointer, fallback) bind(c, name='brevo_reply_int') result(number)
            import :: c_ptr, c_char, c_int64_t
            type(c_ptr), value :: reply
            character(kind=c_char), intent(in) :: pointer(*)
            integer(c_int64_t), value :: fallback
            integer(c_int64_t) :: number
        end function

        function c_reply_count(reply, pointer) bind(c, name='brevo_reply_count') result(number)
            import :: c_ptr, c_char, c_size_t
            type(c_ptr), value :: reply
            character(kind=c_char), intent(in) :: pointer(*)
            integer(c_size_t) :: number
        end function

        subroutine c_reply_free(reply) bind(c, name='brevo_reply_free')
            import :: c_ptr
            type(c_ptr), value :: reply
        end subroutine

        function c_error_status(error) bind(c, name='brevo_error_status') result(status)
            import :: c_ptr, c_int
            type(c_ptr), value :: error
            integer(c_int) :: status
        end function

        function c_error_kind(error) bind(c, name='brevo_error_kind_name') result(text)
            import :: c_ptr
            type(c_ptr), value :: error
            type(c_ptr) :: text
        end function

        function c_error_code(error) bind(c, name='brevo_error_code') result(text)
            import :: c_ptr
            type(c_ptr), value :: error
            type(c_ptr) :: text
        end function

        function c_error_message(error) bind(c, name='brevo_error_message') result(text)
            import :: c_ptr
            type(c_ptr), value :: error
            type(c_ptr) :: text
        end function

        function c_error_advice(error) bind(c, name='brevo_error_advice') result(text)
            import :: c_ptr
            type(c_ptr), value :: error
            type(c_ptr) :: text
        end function

        function c_error_operation(error) bind(c, name='brevo_error_operation') result(text)
            import :: c_ptr
            type(c_ptr), value :: error
            type(c_ptr) :: text
        end function

        subroutine c_error_free(error) bind(c, name='brevo_error_free')
            import :: c_ptr
            type(c_ptr), value :: error
        end subroutine

        function c_strlen(text) bind(c, name='strlen') result(length)
            import :: c_ptr, c_size_t
            type(c_ptr), value :: text
            integer(c_size_t) :: length
        end function
    end interface

contains

    ! Makes a client with the settings of the environment.
    subroutine open_client(self, error)
        class(brevo_client), intent(out) :: self
        type(brevo_error), intent(out) :: error
        type(c_ptr) :: failure

        self%handle = c_client_new(c_null_ptr, failure)
        error = taken(failure)
    end subroutine

    subroutine close_client(self)
        class(brevo_client), intent(inout) :: self

        call c_client_free(self%handle)
        self%handle = c_null_ptr
    end subroutine

    ! Carries out an operation. The arguments are freed, and may be filled anew.
    function call_operation(self, operation, args, error) result(reply)
        class(brevo_client), intent(in) :: self
        character(*), intent(in) :: operation
        type(brevo_args), intent(inout) :: args
        type(brevo_error), intent(out) :: error
        type(brevo_reply) :: reply
        type(c_ptr) :: failure

        reply%handle = c_call(self%handle, c_text(operation), c_args_text(args%handle), failure)
        call free_args(args)
        error = taken(failure)
    end function

    ! Carries out a job of several calls; as call.
    function call_job(self, job, args, error) result(reply)
        class(brevo_client), intent(in) :: self
        character(*), intent(in) :: job
        type(brevo_args), intent(inout) :: args
        type(brevo_error), intent(out) :: error
        type(brevo_reply) :: reply
        type(c_ptr) :: failure

        reply%handle = c_job(self%handle, c_text(job), c_args_text(args%handle), c_null_funptr, c_null_ptr, failure)
        call free_args(args)
        error = taken(failure)
    end function

    ! The pages of an operation that lists; as call.
    function iterate(self, operation, args, error) result(pages)
        class(brevo_client), intent(in) :: self
        character(*), intent(in) :: operation
        type(brevo_args), intent(inout) :: args
        type(brevo_error), intent(out) :: error
        type(brevo_pages) :: pages
        type(c_ptr) :: failure

        pages%handle = c_iterate(self%handle, c_text(operation), c_args_text(args%handle), failure)
        call free_args(args)
        error = taken(failure)
    end function

    ! Gets the next page, to be freed; false behind the last one and after an error.
    logical function next_page(self, page, error)
        class(brevo_pages), intent(in) :: self
        type(brevo_reply), intent(out) :: page
        type(brevo_error), intent(out) :: error
        type(c_ptr) :: failure

        page%handle = c_pages_next(self%handle, failure)
        error = taken(failure)
        next_page = c_associated(page%handle)
    end function

    ! JSON pointer to the entries of each page.
    function page_items(self) result(pointer)
        class(brevo_pages), intent(in) :: self
        character(:), allocatable :: pointer

        pointer = f_text(c_pages_items(self%handle))
    end function

    subroutine free_pages(self)
        class(brevo_pages), intent(inout) :: self

        call c_pages_free(self%handle)
        self%handle = c_null_ptr
    end subroutine

    ! Sets a text. Spaces at its end are Fortran's padding; a blank text is left out.
    subroutine set_text(self, pointer, value)
        class(brevo_args), intent(inout) :: self
        character(*), intent(in) :: pointer, value

        if (len_trim(value) == 0) return
        call make(self)
        call checked(c_args_set_string(self%handle, c_text(pointer), c_text(trim(value))), pointer)
    end subroutine

    subroutine set_id(self, pointer, value)
        class(brevo_args), intent(inout) :: self
        character(*), intent(in) :: pointer
        integer(id_kind), intent(in) :: value

        call make(self)
        call checked(c_args_set_int(self%handle, c_text(pointer), value), pointer)
    end subroutine

    subroutine set_real(self, pointer, value)
        class(brevo_args), intent(inout) :: self
        character(*), intent(in) :: pointer
        real(c_double), intent(in) :: value

        call make(self)
        call checked(c_args_set_double(self%handle, c_text(pointer), value), pointer)
    end subroutine

    subroutine set_logical(self, pointer, value)
        class(brevo_args), intent(inout) :: self
        character(*), intent(in) :: pointer
        logical, intent(in) :: value

        call make(self)
        call checked(c_args_set_bool(self%handle, c_text(pointer), merge(1_c_int, 0_c_int, value)), pointer)
    end subroutine

    subroutine make(self)
        class(brevo_args), intent(inout) :: self

        if (.not. c_associated(self%handle)) self%handle = c_args_new()
    end subroutine

    subroutine free_args(self)
        type(brevo_args), intent(inout) :: self

        call c_args_free(self%handle)
        self%handle = c_null_ptr
    end subroutine

    ! A pointer that leads nowhere is a mistake of the program.
    subroutine checked(done, pointer)
        integer(c_int), intent(in) :: done
        character(*), intent(in) :: pointer

        if (done == 0) error stop 'brevo: '//pointer//' cannot be set to this value'
    end subroutine

    ! Text of a value, or "-" where it is missing.
    function reply_text(self, pointer) result(text)
        class(brevo_reply), intent(in) :: self
        character(*), intent(in) :: pointer
        character(:), allocatable :: text
        type(c_ptr) :: found

        found = c_reply_string(self%handle, c_text(pointer))
        text = '-'
        if (c_associated(found)) text = f_text(found)
    end function

    ! Whole number, or -1 where there is none.
    integer(id_kind) function reply_id(self, pointer)
        class(brevo_reply), intent(in) :: self
        character(*), intent(in) :: pointer

        reply_id = c_reply_int(self%handle, c_text(pointer), -1_id_kind)
    end function

    ! Entries of an array.
    integer function reply_count(self, pointer)
        class(brevo_reply), intent(in) :: self
        character(*), intent(in) :: pointer

        reply_count = int(c_reply_count(self%handle, c_text(pointer)))
    end function

    subroutine free_reply(self)
        class(brevo_reply), intent(inout) :: self

        call c_reply_free(self%handle)
        self%handle = c_null_ptr
    end subroutine

    ! Prints what went wrong.
    subroutine explain(self, unit)
        class(brevo_error), intent(in) :: self
        integer, intent(in) :: unit

        write (unit, '(2a)') '  kind:    ', self%kind
        write (unit, '(a, i0)') '  status:  ', self%status
        write (unit, '(2a)') '  code:    ', self%code
        write (unit, '(2a)') '  message: ', self%message
        write (unit, '(2a)') '  advice:  ', self%advice
    end subroutine

    ! Copies what an error tells, and frees it.
    function taken(failure) result(error)
        type(c_ptr), intent(in) :: failure
        type(brevo_error) :: error

        error%failed = c_associated(failure)
        if (.not. error%failed) return
        error%status = c_error_status(failure)
        error%kind = f_text(c_error_kind(failure))
        error%code = f_text(c_error_code(failure))
        error%message = f_text(c_error_message(failure))
        error%advice = f_text(c_error_advice(failure))
        error%operation = f_text(c_error_operation(failure))
        call c_error_free(failure)
    end function

    ! A text as C wants it.
    function c_text(text) result(ended)
        character(*), intent(in) :: text
        character(kind=c_char, len=:), allocatable :: ended

        ended = text//c_null_char
    end function

    ! A copy of a text of C's.
    function f_text(pointer) result(text)
        type(c_ptr), intent(in) :: pointer
        character(:), allocatable :: text
        character(kind=c_char), pointer :: characters(:)
        integer :: i

        call c_f_pointer(pointer, characters, [c_strlen(pointer)])
        allocate (character(size(characters)) :: text)
        do i = 1, size(characters)
            text(i:i) = characters(i)
        end do
    end function

    ! UTF-8 of ISO 8859-1: a character from 128 on becomes two bytes.
    function from_latin1(latin) result(text)
        character(*), intent(in) :: latin
        character(:), allocatable :: text
        integer :: i, code

        text = ''
        do i = 1, len_trim(latin)
            code = iachar(latin(i:i))
            if (code < 128) then
                text = text//latin(i:i)
            else
                text = text//char(ior(192, ishft(code, -6)))//char(ior(128, iand(code, 63)))
            end if
        end do
    end function
end module
