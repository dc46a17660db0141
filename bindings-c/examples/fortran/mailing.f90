! Sends an offer to the customers of a fixed-width file, and reports what came of it.
!
!     mailing send CUSTOMERS TIME          adds the customers to a new list, schedules a campaign to it
!     mailing report LIST CAMPAIGN FOLDER  prints the list and the campaign's figures, and writes both as CSV
!
! The key is taken from BREVO_API_KEY. A record of CUSTOMERS has 128 characters in ISO 8859-1; see customer. The
! account needs the attributes CITY (text), CUSTOMER_SINCE (date) and BALANCE (number).
program mailing
    use, intrinsic :: iso_c_binding, only: c_double
    use, intrinsic :: iso_fortran_env, only: error_unit, output_unit, iostat_end
    use brevo
    implicit none

    type :: customer
        character(8) :: number
        character(20) :: first_name
        character(25) :: last_name
        character(40) :: email
        character(20) :: city
        integer :: since(3) ! Year, month, day.
        integer :: hundredths
    end type

    type(brevo_client) :: client
    type(brevo_error) :: error

    call client%open(error)
    if (error%failed) call give_up(error)
    if (command_argument_count() == 3 .and. word(1) == 'send') then
        call send_offer(word(2), word(3))
    else if (command_argument_count() == 4 .and. word(1) == 'report') then
        call report(to_id(word(2)), to_id(word(3)), word(4))
    else
        write (error_unit, '(a)') 'usage: mailing send CUSTOMERS TIME', '       mailing report LIST CAMPAIGN FOLDER'
        stop 2, quiet=.true.
    end if
    call client%close()

contains

    subroutine send_offer(path, time)
        character(*), intent(in) :: path, time
        type(brevo_args) :: args
        type(brevo_reply) :: reply
        type(customer) :: person
        integer(id_kind) :: folder, list, sender, campaign
        integer :: unit, status, read_count, accepted
        character(128) :: record
        character(40) :: text

        call args%set('/name', 'Customers')
        folder = id_of('contacts.create_folder', args, '/id')
        call args%set('/name', 'Customers')
        call args%set('/folder_id', folder)
        list = id_of('contacts.create_list', args, '/id')
        print '(a, i0)', 'list: ', list

        open (newunit=unit, file=path, status='old', action='read')
        read_count = 0
        accepted = 0
        do
            read (unit, '(a)', iostat=status) record
            if (status == iostat_end) exit
            if (status /= 0) error stop 'the customers cannot be read'
            read (record, '(a8, a20, a25, a40, a20, i4, 2i2, i6)') person
            if (record(128:128) == '-') person%hundredths = -person%hundredths
            read_count = read_count + 1
            if (added(person, read_count, list)) accepted = accepted + 1
        end do
        close (unit)
        print '(3(a, i0), a)', 'records: ', read_count, ' read, ', accepted, ' accepted, ', read_count - accepted, ' refused'

        sender = id_of('senders.get_senders', args, '/senders/0/id')
        call args%set('/name', 'Spring offer')
        call args%set('/subject', '{{ contact.FIRSTNAME }}, spring is here')
        call args%set('/sender/id', sender)
        call args%set('/recipients/list_ids/-', list)
        call args%set('/html_content', '<html><body><p>Hello {{ contact.FIRSTNAME }}!</p>' &
                      //'<a href="https://example.com/spring">Our offer</a></body></html>')
        call args%set('/scheduled_at', time)
        campaign = id_of('email_campaigns.create_email_campaign', args, '/id')
        call args%set('/campaign_id', campaign)
        reply = must('email_campaigns.get_email_campaign', args)
        print '(a, i0, 2a)', 'campaign: ', campaign, ' ', reply%text('/status')
        call reply%free()

        ! The owner of the account hears of it.
        reply = must('account.get_account', args)
        call args%set('/to/-/email', reply%text('/email'))
        call reply%free()
        call args%set('/sender/id', sender)
        call args%set('/subject', 'Customers loaded')
        write (text, '(i0, a, i0)') accepted, ' of ', read_count
        call args%set('/html_content', '<p>'//trim(text)//' customers are on the list.</p>')
        reply = must('transactional_emails.send_transac_email', args)
        print '(2a)', 'mail: ', reply%text('/messageId')
        call reply%free()
    end subroutine

    ! Adds one customer; false where Brevo refuses this one. Ends the program where the next one would fare no better.
    logical function added(person, number, list)
        type(customer), intent(in) :: person
        integer, intent(in) :: number
        integer(id_kind), intent(in) :: list
        type(brevo_args) :: args
        type(brevo_reply) :: reply
        type(brevo_error) :: error
        character(10) :: since

        write (since, '(i4.4, "-", i2.2, "-", i2.2)') person%since
        call args%set('/ext_id', person%number) ! A text: its leading zeros count.
        call args%set('/email', from_latin1(person%email))
        call args%set('/attributes/FIRSTNAME', from_latin1(person%first_name))
        call args%set('/attributes/LASTNAME', from_latin1(person%last_name))
        call args%set('/attributes/CITY', from_latin1(person%city))
        call args%set('/attributes/CUSTOMER_SINCE', since)
        call args%set('/attributes/BALANCE', real(person%hundredths, c_double)/100)
        call args%set('/list_ids/-', list)
        call args%set('/update_enabled', .true.) ! So that the run can be repeated.
        reply = client%call('contacts.create_contact', args, error)
        call reply%free()
        added = .not. error%failed
        if (added) return
        select case (error%kind)
        case ('invalid_argument', 'bad_request', 'duplicate')
            print '(a, i0, 3a)', 'record ', number, ', customer ', person%number, ', was refused:'
            call error%explain(output_unit)
        case default
            call give_up(error)
        end select
    end function

    subroutine report(list, campaign, folder)
        integer(id_kind), intent(in) :: list, campaign
        character(*), intent(in) :: folder
        character(15), parameter :: figures(6) = [character(15) :: 'sent', 'delivered', 'hardBounces', 'uniqueViews', &
                                                  'uniqueClicks', 'unsubscriptions']
        type(brevo_args) :: args
        type(brevo_reply) :: reply, page
        type(brevo_pages) :: pages
        type(brevo_error) :: error
        character(:), allocatable :: entry
        character(12) :: index
        integer :: i

        print '(a, i0)', 'list: ', list
        call args%set('/list_id', list)
        pages = client%iterate('contacts.get_contacts_from_list', args, error)
        if (error%failed) call give_up(error)
        do while (pages%next(page, error))
            do i = 0, page%count(pages%items()) - 1 ! JSON counts from 0.
                write (index, '(i0)') i
                entry = pages%items()//'/'//trim(index)
                print '(8a)', '  ', page%text(entry//'/id'), '  ', page%text(entry//'/email'), '  ', &
                    page%text(entry//'/attributes/FIRSTNAME'), ' ', page%text(entry//'/attributes/LASTNAME')
            end do
            call page%free()
        end do
        call pages%free()
        if (error%failed) call give_up(error)

        call args%set('/campaign_id', campaign)
        call args%set('/statistics', 'globalStats') ! Without it all figures are 0.
        reply = must('email_campaigns.get_email_campaign', args)
        print '(a, i0, 2a)', 'campaign: ', campaign, ' ', reply%text('/status')
        do i = 1, size(figures)
            print '(4a)', '  ', trim(figures(i)), ': ', reply%text('/statistics/globalStats/'//trim(figures(i)))
        end do
        call reply%free()

        call args%set('/list_id', list)
        call export_file('contacts.export_list', args, folder, 'list.csv')
        call args%set('/campaign_ids/-', campaign)
        call export_file('email_campaigns.export_statistics', args, folder, 'statistics.csv')
    end subroutine

    ! Carries out a job that writes FOLDER/NAME.
    subroutine export_file(job, args, folder, name)
        character(*), intent(in) :: job, folder, name
        type(brevo_args), intent(inout) :: args
        type(brevo_reply) :: reply
        type(brevo_error) :: error

        call args%set('/path', folder//'/'//name)
        reply = client%job(job, args, error)
        if (error%failed) call give_up(error)
        print '(4a)', name, ': ', reply%text('/rows'), ' rows'
        call reply%free()
    end subroutine

    ! Calls an operation; ends the program when it fails.
    function must(operation, args) result(reply)
        character(*), intent(in) :: operation
        type(brevo_args), intent(inout) :: args
        type(brevo_reply) :: reply
        type(brevo_error) :: error

        reply = client%call(operation, args, error)
        if (error%failed) call give_up(error)
    end function

    ! As must, for operations of whose reply only a number matters.
    integer(id_kind) function id_of(operation, args, pointer)
        character(*), intent(in) :: operation, pointer
        type(brevo_args), intent(inout) :: args
        type(brevo_reply) :: reply

        reply = must(operation, args)
        id_of = reply%id(pointer)
        call reply%free()
    end function

    subroutine give_up(error)
        type(brevo_error), intent(in) :: error

        write (error_unit, '(2a)') error%operation, ' failed:'
        call error%explain(error_unit)
        stop 1, quiet=.true.
    end subroutine

    function word(number) result(text)
        integer, intent(in) :: number
        character(:), allocatable :: text
        integer :: length

        call get_command_argument(number, length=length)
        allocate (character(length) :: text)
        call get_command_argument(number, text)
    end function

    integer(id_kind) function to_id(text)
        character(*), intent(in) :: text

        read (text, *) to_id
    end function
end program
