//! How a program for Linux is linked.

/// Whether it is a program of 64 bits that asks for no loader, which is one that needs no libraries.
pub(super) fn is_static(program: &[u8]) -> bool {
    const INTERPRETER: u32 = 3;
    let number = |at: usize, size: usize| -> Option<usize> {
        let bytes = program.get(at..at.checked_add(size)?)?;
        let mut digits = bytes.iter().rev();
        digits.try_fold(0_usize, |number, byte| {
            number.checked_mul(256)?.checked_add(usize::from(*byte))
        })
    };
    if !program.starts_with(b"\x7fELF\x02\x01") {
        return false;
    }
    let headers = (number(0x20, 8), number(0x36, 2), number(0x38, 2));
    let (Some(start), Some(size), Some(count)) = headers else {
        return false;
    };
    let kinds = (0..count).map(|index| number(start.checked_add(index.checked_mul(size)?)?, 4));
    let kinds: Option<Vec<usize>> = kinds.collect();
    kinds.is_some_and(|kinds| !kinds.is_empty() && !kinds.contains(&(INTERPRETER as usize)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(kinds: &[u8]) -> Vec<u8> {
        let mut program = vec![0; 0x40 + kinds.len() * 0x38];
        program[..6].copy_from_slice(b"\x7fELF\x02\x01");
        program[0x20] = 0x40;
        program[0x36] = 0x38;
        program[0x38] = u8::try_from(kinds.len()).unwrap();
        for (index, kind) in kinds.iter().enumerate() {
            program[0x40 + index * 0x38] = *kind;
        }
        program
    }

    #[test]
    fn a_program_that_asks_for_a_loader_is_not_static() {
        assert!(is_static(&program(&[1, 1, 2])));
        assert!(!is_static(&program(&[6, 3, 1])));
        assert!(!is_static(&program(&[])));
        assert!(!is_static(b"MZ"));
        assert!(!is_static(&program(&[1, 1])[..0x50]));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_test_is_linked_with_libraries() {
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        assert_eq!(is_static(&own), cfg!(target_feature = "crt-static"));
    }
}
