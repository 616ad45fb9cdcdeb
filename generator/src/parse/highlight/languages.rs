//! The languages that are coloured.
//!
//! In: nothing. Out: a table: names as they stand behind a fence, words, marks of comments and strings. A language more is an
//! entry more; whatever it says, no text can be lost.

use super::rules::{Language, Quote, Reach, Shape, traits::*};

const fn quote(mark: &'static str, reach: Reach, escape: Option<u8>) -> Quote {
    Quote { mark, reach, escape }
}

const BACKSLASH: Option<u8> = Some(b'\\');
const DOUBLE: Quote = quote("\"", Reach::Line, BACKSLASH);
const DOUBLE_LINES: Quote = quote("\"", Reach::Lines, BACKSLASH);
const SINGLE: Quote = quote("'", Reach::Line, BACKSLASH);
const SINGLE_LINES: Quote = quote("'", Reach::Lines, BACKSLASH);
const SINGLE_RAW: Quote = quote("'", Reach::Line, None);
/// Shells know no escape in single quotes.
const PLAIN_LINES: Quote = quote("'", Reach::Lines, None);
const PLAIN_DOUBLE: Quote = quote("\"", Reach::Line, None);
const CHARACTER: Quote = quote("'", Reach::Character, BACKSLASH);
const TRIPLE: Quote = quote("\"\"\"", Reach::Lines, BACKSLASH);
const TRIPLE_SINGLE: Quote = quote("'''", Reach::Lines, BACKSLASH);
const TICK: Quote = quote("`", Reach::Lines, BACKSLASH);
const RAW_TICK: Quote = quote("`", Reach::Lines, None);
/// PowerShell escapes with a backtick.
const TICK_DOUBLE: Quote = quote("\"", Reach::Lines, Some(b'`'));

const CODE: Language = Language {
    names: "",
    shape: Shape::Code,
    keywords: "",
    line_comments: &[],
    block_comment: None,
    quotes: &[DOUBLE, SINGLE],
    traits: CALLS,
};

pub(super) static LANGUAGES: [Language; 45] = [
    Language {
        names: "c h",
        keywords: "auto break case char const continue default do double else enum extern float for goto if inline int \
            long register restrict return short signed sizeof static struct switch typedef union unsigned void \
            volatile while bool true false NULL _Bool _Atomic _Generic _Static_assert wchar_t size_t",
        line_comments: &["//"],
        block_comment: Some(("/*", "*/")),
        quotes: &[DOUBLE, CHARACTER],
        traits: CALLS | DIRECTIVES,
        ..CODE
    },
    Language {
        names: "cpp c++ cc cxx hpp cppcpp arduino",
        keywords: "auto break case char const continue default do double else enum extern float for goto if inline int \
            long register restrict return short signed sizeof static struct switch typedef union unsigned void \
            volatile while bool true false NULL alignas alignof and asm bitand bitor catch char8_t char16_t \
            char32_t class co_await co_return co_yield compl concept consteval constexpr constinit const_cast \
            decltype delete dynamic_cast explicit export final friend import module mutable namespace new \
            noexcept not nullptr operator or override private protected public reinterpret_cast requires \
            static_assert static_cast template this thread_local throw try typeid typename using virtual wchar_t \
            size_t xor gcnew ref value interface property event delegate safe_cast each in finally array \
            __declspec __stdcall __cdecl __int64",
        line_comments: &["//"],
        block_comment: Some(("/*", "*/")),
        quotes: &[DOUBLE, CHARACTER],
        traits: CALLS | DIRECTIVES | RAW_STRINGS,
        ..CODE
    },
    Language {
        names: "csharp c# cs",
        keywords: "abstract as async await base bool break byte case catch char checked class const continue decimal \
            default delegate do double else enum event explicit extern false finally fixed float for foreach get \
            goto if implicit in init int interface internal is lock long namespace new null object operator out \
            override params partial private protected public readonly record ref return sbyte sealed set short \
            sizeof static string struct switch this throw true try typeof uint ulong unchecked unsafe ushort \
            using value var virtual void volatile when where while yield",
        line_comments: &["//"],
        block_comment: Some(("/*", "*/")),
        quotes: &[DOUBLE, CHARACTER],
        traits: CALLS | DIRECTIVES,
        ..CODE
    },
    Language {
        names: "java",
        keywords: "abstract assert boolean break byte case catch char class const continue default do double else enum \
            extends false final finally float for if implements import instanceof int interface long native new \
            null package permits private protected public record return sealed short static strictfp super \
            switch synchronized this throw throws transient true try var void volatile while yield",
        line_comments: &["//"],
        block_comment: Some(("/*", "*/")),
        quotes: &[TRIPLE, DOUBLE, CHARACTER],
        traits: CALLS | DECORATORS,
        ..CODE
    },
    Language {
        names: "kotlin kt kts",
        keywords: "abstract annotation as break by catch class companion const constructor continue crossinline data do \
            else enum external false final finally for fun get if import in infix init inline inner interface \
            internal is lateinit null object open operator out override package private protected public reified \
            return sealed set super suspend tailrec this throw true try typealias val var vararg when where \
            while",
        line_comments: &["//"],
        block_comment: Some(("/*", "*/")),
        quotes: &[TRIPLE, DOUBLE, CHARACTER],
        traits: CALLS | DECORATORS,
        ..CODE
    },
    Language {
        names: "scala sbt",
        keywords: "abstract case catch class def do else enum extends export false final finally for given if implicit \
            import lazy match new null object override package private protected return sealed super then this \
            throw trait try true type using val var while with yield",
        line_comments: &["//"],
        block_comment: Some(("/*", "*/")),
        quotes: &[TRIPLE, DOUBLE, CHARACTER],
        traits: CALLS | DECORATORS,
        ..CODE
    },
    Language {
        names: "groovy gradle jenkinsfile",
        keywords: "abstract as assert boolean break case catch class const continue def default do else enum extends \
            false final finally for if implements import in instanceof int interface long new null package \
            private protected public return static super switch this throw throws trait true try var void while",
        line_comments: &["//"],
        block_comment: Some(("/*", "*/")),
        quotes: &[TRIPLE, TRIPLE_SINGLE, DOUBLE, SINGLE],
        traits: CALLS | DECORATORS,
        ..CODE
    },
    Language {
        names: "swift",
        keywords: "actor any as associatedtype async await break case catch class continue default defer deinit do else \
            enum extension fallthrough false fileprivate final for func get guard if import in init inout \
            internal is lazy let mutating nil open operator override private protocol public repeat required \
            rethrows return self Self set some static struct subscript super switch throw throws true try \
            typealias var weak where while",
        line_comments: &["//"],
        block_comment: Some(("/*", "*/")),
        quotes: &[TRIPLE, DOUBLE],
        traits: CALLS | DECORATORS | DIRECTIVES,
        ..CODE
    },
    Language {
        names: "go golang",
        keywords: "any break bool byte case chan const continue default defer else error fallthrough false float32 \
            float64 for func go goto if import int int8 int16 int32 int64 interface iota map nil package range \
            return rune select string struct switch true type uint uint8 uint16 uint32 uint64 uintptr var",
        line_comments: &["//"],
        block_comment: Some(("/*", "*/")),
        quotes: &[DOUBLE, CHARACTER, RAW_TICK],
        ..CODE
    },
    Language {
        names: "rust rs",
        keywords: "as async await bool break char const continue crate dyn else enum extern f32 f64 false fn for i8 i16 \
            i32 i64 i128 if impl in isize let loop match mod move mut pub ref return self Self static str struct \
            super trait true type u8 u16 u32 u64 u128 union unsafe use usize where while",
        line_comments: &["//"],
        block_comment: Some(("/*", "*/")),
        quotes: &[DOUBLE_LINES, CHARACTER],
        ..CODE
    },
    Language {
        names: "javascript js jsx mjs cjs node",
        keywords: "as async await break case catch class const continue debugger default delete do else export extends \
            false finally for from function get if import in instanceof let new null of return set static super \
            switch this throw true try typeof undefined var void while with yield",
        line_comments: &["//"],
        block_comment: Some(("/*", "*/")),
        quotes: &[DOUBLE, SINGLE, TICK],
        traits: CALLS | DECORATORS,
        ..CODE
    },
    Language {
        names: "typescript ts tsx mts",
        keywords: "as async await break case catch class const continue debugger default delete do else export extends \
            false finally for from function get if import in instanceof let new null of return set static super \
            switch this throw true try typeof undefined var void while with yield abstract any asserts bigint \
            boolean constructor declare enum implements infer interface is keyof module namespace never number \
            object override private protected public readonly satisfies string symbol type unique unknown",
        line_comments: &["//"],
        block_comment: Some(("/*", "*/")),
        quotes: &[DOUBLE, SINGLE, TICK],
        traits: CALLS | DECORATORS,
        ..CODE
    },
    Language {
        names: "dart",
        keywords: "abstract as assert async await bool break case catch class const continue default do double dynamic \
            else enum export extends extension external factory false final finally for if implements import in \
            int is late library mixin new null on part required rethrow return sealed static String super switch \
            this throw true try typedef var void while with yield",
        line_comments: &["//"],
        block_comment: Some(("/*", "*/")),
        quotes: &[TRIPLE, TRIPLE_SINGLE, DOUBLE, SINGLE],
        traits: CALLS | DECORATORS,
        ..CODE
    },
    Language {
        names: "php",
        keywords: "abstract and array as bool break callable case catch class clone const continue declare default do \
            echo else elseif empty enum extends false final finally fn for foreach function global goto if \
            implements include include_once instanceof insteadof int interface isset list match namespace new \
            null or print private protected public readonly require require_once return static string switch \
            this throw trait true try unset use var void while xor yield",
        line_comments: &["//", "#"],
        block_comment: Some(("/*", "*/")),
        quotes: &[DOUBLE_LINES, SINGLE_LINES],
        traits: CALLS | VARIABLES,
        ..CODE
    },
    Language {
        names: "python py python3 py3 pycon starlark bazel robotframework",
        keywords: "False None True and as assert async await break case class continue def del elif else except finally \
            for from global if import in is lambda match nonlocal not or pass raise return self try while with \
            yield",
        line_comments: &["#"],
        quotes: &[TRIPLE, TRIPLE_SINGLE, DOUBLE, SINGLE],
        traits: CALLS | DECORATORS,
        ..CODE
    },
    Language {
        names: "ruby rb erb",
        keywords: "alias and begin BEGIN break case class def defined do else elsif end END ensure false for if in \
            module next nil not or private protected public raise redo require require_relative rescue retry \
            return self super then true undef unless until when while yield attr_accessor attr_reader",
        line_comments: &["#"],
        block_comment: Some(("\n=begin", "\n=end")),
        traits: CALLS | DECORATORS,
        ..CODE
    },
    Language {
        names: "perl pl",
        keywords: "and cmp continue die do else elsif eq for foreach ge goto gt if last le local lt my ne next no not \
            or our package print redo require return sub unless until use while xor",
        line_comments: &["#"],
        traits: CALLS | VARIABLES | DECORATORS,
        ..CODE
    },
    Language {
        names: "lua",
        keywords: "and break do else elseif end false for function goto if in local nil not or repeat return then true \
            until while",
        line_comments: &["--"],
        block_comment: Some(("--[[", "]]")),
        ..CODE
    },
    Language {
        names: "r",
        keywords: "break else FALSE for function if in Inf NA NaN next NULL repeat return TRUE while library",
        line_comments: &["#"],
        ..CODE
    },
    Language {
        names: "julia jl",
        keywords: "abstract baremodule begin break catch const continue do else elseif end export false finally for \
            function global if import in let local macro module mutable nothing primitive quote return struct \
            true try type using where while",
        line_comments: &["#"],
        block_comment: Some(("#=", "=#")),
        quotes: &[TRIPLE, DOUBLE, CHARACTER],
        traits: CALLS | DECORATORS,
        ..CODE
    },
    Language {
        names: "elixir ex exs",
        keywords: "after alias and case catch cond def defmacro defmodule defp defstruct do else end false fn for if \
            import in nil not or quote raise receive rescue require true try unless use when with",
        line_comments: &["#"],
        quotes: &[TRIPLE, DOUBLE, SINGLE],
        traits: CALLS | DECORATORS,
        ..CODE
    },
    Language {
        names: "haskell hs",
        keywords: "case class data default deriving do else family foreign forall if import in infix infixl infixr \
            instance let module newtype of qualified then type where",
        line_comments: &["--"],
        block_comment: Some(("{-", "-}")),
        quotes: &[DOUBLE, CHARACTER],
        traits: 0,
        ..CODE
    },
    Language {
        names: "sql mysql pgsql postgresql plsql tsql t-sql sqlite hana cql",
        keywords: "add all alter analyze and any as asc auto_increment begin between bigint binary blob bool boolean by \
            cascade case cast char character check collate column comment commit constraint create cross cube \
            current cursor database datetime decimal declare default delete desc describe distinct double drop \
            else end engine escape except exec execute exists explain false fetch first float for foreign from \
            full function global grant group having hint identified if ignore in index inner insert int integer \
            intersect interval into is join json key last left like limit load local lock not null numeric of \
            offset on option or order outer over partition partitions password precision prepare primary \
            procedure range recursive references rename replace restore revoke right role rollback rollup row \
            rows schema select session set show smallint start table tables temporary text then timestamp \
            tinyint to transaction trigger true truncate union unique unsigned update use user using values \
            varbinary varchar view when where while window with",
        line_comments: &["--", "#"],
        block_comment: Some(("/*", "*/")),
        quotes: &[DOUBLE, SINGLE_LINES, RAW_TICK],
        traits: CALLS | ANY_CASE,
        ..CODE
    },
    Language {
        names: "bash sh shell zsh ksh console shell-session shellsession terminal csh fish git",
        keywords: "if then else elif fi for in do done while until case esac function select return exit break continue \
            local export declare readonly set unset shift trap source alias time sudo",
        line_comments: &["#"],
        quotes: &[DOUBLE_LINES, PLAIN_LINES],
        traits: VARIABLES | COMMANDS | HYPHENS,
        ..CODE
    },
    Language {
        names: "powershell ps1 pwsh ps azurepowershell azurecli-interactive azurecli",
        keywords: "begin break catch class continue do dynamicparam else elseif end enum exit filter finally for \
            foreach from function if in param process return switch throw trap try until using var while",
        line_comments: &["#"],
        block_comment: Some(("<#", "#>")),
        quotes: &[TICK_DOUBLE, PLAIN_LINES],
        traits: VARIABLES | COMMANDS | HYPHENS | ANY_CASE,
        ..CODE
    },
    Language {
        names: "cmd bat batch dos ms-dos dosbatch winbatch",
        keywords: "call cd cls copy defined del dir do echo else endlocal errorlevel exist exit for goto if in md mkdir \
            move not pause popd pushd rd ren rmdir set setlocal shift start type xcopy",
        line_comments: &["rem", "::"],
        quotes: &[PLAIN_DOUBLE],
        traits: COMMANDS | HYPHENS | ANY_CASE,
        ..CODE
    },
    Language {
        names: "dockerfile docker containerfile",
        keywords: "add arg as cmd copy entrypoint env expose from healthcheck label maintainer onbuild run shell \
            stopsignal user volume workdir",
        line_comments: &["#"],
        traits: VARIABLES | HYPHENS | ANY_CASE,
        ..CODE
    },
    Language {
        names: "makefile make mak nmake gnumake",
        keywords: "define else endef endif export ifdef ifeq ifndef ifneq include override undefine unexport vpath",
        line_comments: &["#"],
        traits: VARIABLES | COMMANDS | HYPHENS,
        ..CODE
    },
    Language {
        names: "cmake",
        keywords: "add_compile_definitions add_compile_options add_custom_command add_custom_target add_executable \
            add_library add_subdirectory add_test cmake_minimum_required else elseif enable_testing endforeach \
            endfunction endif endmacro endwhile find_package foreach function if include include_directories \
            install macro message option project return set set_property string target_compile_definitions \
            target_compile_features target_compile_options target_include_directories target_link_libraries \
            while and or not on off true false",
        line_comments: &["#"],
        block_comment: Some(("#[[", "]]")),
        quotes: &[DOUBLE_LINES],
        traits: CALLS | VARIABLES | ANY_CASE,
        ..CODE
    },
    Language {
        names: "nginx haproxy apache apacheconf conf nginxconf",
        keywords: "if on off return server location upstream events http stream include set proxy_pass listen \
            server_name root",
        line_comments: &["#"],
        quotes: &[DOUBLE_LINES, PLAIN_LINES],
        traits: VARIABLES | COMMANDS | HYPHENS,
        ..CODE
    },
    Language {
        names: "hcl terraform tf bicep",
        keywords: "data dynamic else false for for_each if in locals module null output param provider resource \
            targetScope terraform true var variable",
        line_comments: &["#", "//"],
        block_comment: Some(("/*", "*/")),
        traits: CALLS | KEYS,
        ..CODE
    },
    Language {
        names: "protobuf proto",
        keywords: "bool bytes double enum extend extensions false fixed32 fixed64 float import int32 int64 map message \
            oneof option optional package repeated required reserved returns rpc service sfixed32 sfixed64 \
            sint32 sint64 stream string syntax to true uint32 uint64",
        line_comments: &["//"],
        block_comment: Some(("/*", "*/")),
        ..CODE
    },
    Language {
        names: "graphql gql prisma",
        keywords: "datasource directive enum extend false fragment generator implements input interface model mutation \
            null on query scalar schema subscription true type union",
        line_comments: &["#", "//"],
        quotes: &[TRIPLE, DOUBLE],
        traits: DECORATORS | VARIABLES,
        ..CODE
    },
    Language {
        names: "json jsonc json5 jsonl ndjson geojson webmanifest",
        keywords: "true false null",
        line_comments: &["//"],
        block_comment: Some(("/*", "*/")),
        traits: TEXT_KEYS,
        ..CODE
    },
    Language {
        names: "yaml yml docker-compose helm",
        keywords: "true false null yes no on off True False",
        line_comments: &["#"],
        traits: KEYS | HYPHENS | TEXT_KEYS,
        ..CODE
    },
    Language {
        names: "toml",
        keywords: "true false inf nan",
        line_comments: &["#"],
        quotes: &[TRIPLE, TRIPLE_SINGLE, DOUBLE, SINGLE_RAW],
        traits: KEYS | HYPHENS,
        ..CODE
    },
    Language {
        names: "ini properties dotenv env cfg config editorconfig systemd desktop gitconfig rgs",
        keywords: "true false yes no on off",
        line_comments: &["#", ";"],
        traits: KEYS | HYPHENS | VARIABLES,
        ..CODE
    },
    Language {
        names: "css scss sass less",
        keywords: "important from to and not only media supports",
        line_comments: &["//"],
        block_comment: Some(("/*", "*/")),
        traits: CALLS | DECORATORS | HYPHENS | VARIABLES,
        ..CODE
    },
    Language {
        names: "asm masm nasm x86asm assembly armasm",
        keywords: "add and byte call cmp db dd dec div dq dw dword end endp endm imul inc int jmp je jne jz jnz ja jb \
            jg jl lea leave loop macro mov movzx mul neg nop not offset or pop proc ptr push qword rep ret sal \
            sar shl shr sub test word xchg xor .code .data",
        line_comments: &[";"],
        traits: ANY_CASE,
        ..CODE
    },
    Language {
        names: "vb vbnet vba vbscript visualbasic",
        keywords: "addressof and andalso as boolean byref byval call case catch class const date dim do each else \
            elseif end enum event exit false finally for friend function get global goto handles if implements \
            imports in inherits integer interface is let lib long loop me mod module mybase namespace new next \
            not nothing object of on option optional or orelse overloads overridable overrides private property \
            protected public raiseevent readonly redim return select set shared single static step string \
            structure sub then throw to true try until using wend when while with withevents xor",
        line_comments: &["'", "rem"],
        quotes: &[PLAIN_DOUBLE],
        traits: CALLS | ANY_CASE,
        ..CODE
    },
    Language {
        names: "idl midl odl",
        keywords: "auto break case char const continue default do double else enum extern float for goto if inline int \
            long register restrict return short signed sizeof static struct switch typedef union unsigned void \
            volatile while bool true false NULL boolean byte coclass cpp_quote dispinterface hyper import \
            importlib interface library methods properties",
        line_comments: &["//"],
        block_comment: Some(("/*", "*/")),
        quotes: &[DOUBLE, CHARACTER],
        traits: CALLS | DIRECTIVES,
        ..CODE
    },
    Language {
        names: "abap",
        keywords: "append assign at call case catch class clear data define delete do else elseif endcase endclass \
            endform endfunction endif endloop endmethod endselect endtry endwhile exit export field-symbols form \
            from function if import in initial insert interface into is join like loop method methods modify \
            move new not of or parameters perform private public raise read return select set sort table then to \
            try type types value when where while with write",
        line_comments: &["\"", "*"],
        quotes: &[SINGLE, TICK],
        traits: CALLS | ANY_CASE | HYPHENS,
        ..CODE
    },
    Language {
        names: "pascal delphi",
        keywords: "and array as begin case class const constructor destructor div do downto else end except false \
            finally for function if implementation in inherited interface mod nil not object of or private \
            procedure program property protected public record repeat set string then to true try type unit \
            until uses var while with",
        line_comments: &["//"],
        block_comment: Some(("{", "}")),
        quotes: &[SINGLE],
        traits: CALLS | ANY_CASE,
        ..CODE
    },
    Language {
        names: "xml html xhtml xaml svg xsl xslt xsd htm plist csproj vue svelte msbuild wsdl rss",
        shape: Shape::Markup,
        quotes: &[],
        traits: 0,
        ..CODE
    },
    Language { names: "diff patch udiff", shape: Shape::Changes, quotes: &[], traits: 0, ..CODE },
];
